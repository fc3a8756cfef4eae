/** One request to a peer. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** From the start of the connection to the last byte of the body. */
  readonly timeoutMs: number;
  /** A longer body ends the request with `too_large`. */
  readonly bodyBytesMax: number;
  /** Ends the request early, with `failed`. */
  readonly signal?: AbortSignal;
}

/**
 * What came of a request. Failures are data: who asks many peers at once wants to know each fate.
 * `refused` is kept apart, since a refused connection is evidence of a dead process, a silence is not.
 */
export type HttpOutcome =
  | {
    readonly kind: "response";
    readonly status: number;
    readonly headers: Headers;
    readonly body: Uint8Array<ArrayBuffer>;
  }
  | { readonly kind: "refused" }
  | { readonly kind: "timeout" }
  | { readonly kind: "too_large" }
  | { readonly kind: "failed"; readonly reason: string };

/** Sends a request and never rejects. */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpOutcome>;
  /** Closes idle connections. */
  close(): void;
}
