import { parseAccept } from "./accept.ts";

/**
 * Whether a scraper that sends this Accept-Encoding asks for gzip (RFC 9110 §12.5.3). Only who asks
 * gets it: without the header, with `identity` alone or with `gzip;q=0` the answer is plain, and so
 * it is where plain is wanted more.
 */
export function acceptsGzip(header: string | null | undefined): boolean {
  const ranges = parseAccept(header);
  const weightOf = (coding: string) => ranges.find(({ value }) => value === coding)?.q;
  const gzip = weightOf("gzip") ?? weightOf("x-gzip") ?? weightOf("*") ?? 0;
  return gzip > 0 && gzip >= (weightOf("identity") ?? 0);
}
