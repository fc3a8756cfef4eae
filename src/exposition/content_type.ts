/**
 * The Content-Type of the text format 0.0.4. Prometheus 3 refuses a scrape whose type is blank or
 * unknown; `escaping` says that every name is in the legacy character set, as ours always are.
 */
export const TEXT_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";
