/** A request that a server has begun to read, and whose last byte the test holds back. */
export class HalfSentRequest implements AsyncDisposable {
  readonly #connection: Deno.TcpConn;
  readonly #rest: string;

  private constructor(connection: Deno.TcpConn, rest: string) {
    this.#connection = connection;
    this.#rest = rest;
  }

  /** Sends all of a POST but the last byte of its body. */
  static async start(baseUrl: string, path: string, body: string): Promise<HalfSentRequest> {
    const { host, hostname, port } = new URL(baseUrl);
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-length: ${body.length}\r\n\r\n`;
    await connection.write(new TextEncoder().encode(head + body.slice(0, -1)));
    return new HalfSentRequest(connection, body.slice(-1));
  }

  /** Sends the last byte, and gives the beginning of the answer. */
  async finish(): Promise<string> {
    await this.#connection.write(new TextEncoder().encode(this.#rest));
    const bytes = new Uint8Array(1_024);
    const length = await this.#connection.read(bytes);
    return new TextDecoder().decode(bytes.subarray(0, length ?? 0));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    return Promise.resolve();
  }
}
