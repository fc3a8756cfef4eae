/** How much a parser takes before it gives up, so that no exporter can use up this process. */
export interface ParserLimits {
  /** Bytes in all. */
  readonly bytesMax: number;
  /** UTF-16 units in one line. */
  readonly lineLengthMax: number;
  /** Samples in all. */
  readonly samplesMax: number;
  /** Families in all, those without samples too. */
  readonly familiesMax: number;
  /** Labels of one sample. */
  readonly labelsMax: number;
}

/** Far above what an exporter in good order has, far below what harms. */
export const PARSER_LIMITS: ParserLimits = {
  bytesMax: 64 * 1024 * 1024,
  lineLengthMax: 64 * 1024,
  samplesMax: 1_000_000,
  familiesMax: 50_000,
  labelsMax: 64,
};
