import { Buffer } from "node:buffer";
import { createSocket, type Socket } from "node:dgram";
import { createServer, type Server, type Socket as TcpSocket } from "node:net";
import { answerQuery, type Endpoint } from "./headless_zone.ts";

/** Queries are short; one that claims to be longer ends its connection. */
const QUERY_BYTES_MAX = 4_096;
const CONNECTION_IDLE_MS = 5_000;
const CONNECTIONS_MAX = 100;
const HOST = "127.0.0.1";

/** The name server of the demo's cluster, over UDP and TCP, on a free port of 127.0.0.1. */
export class DnsResponder implements AsyncDisposable {
  readonly host: string = HOST;
  readonly port: number;
  readonly #udp: Socket;
  readonly #tcp: Server;
  readonly #connections: Set<TcpSocket>;

  private constructor(port: number, udp: Socket, tcp: Server, connections: Set<TcpSocket>) {
    this.port = port;
    this.#udp = udp;
    this.#tcp = tcp;
    this.#connections = connections;
  }

  /**
   * Listens, and answers with what `endpoints` gives at that moment.
   *
   * @throws {Error} if no port can be bound.
   */
  static async start(endpoints: () => readonly Endpoint[]): Promise<DnsResponder> {
    const connections = new Set<TcpSocket>();
    const tcp = createServer((socket) => {
      connections.add(socket);
      socket.on("close", () => connections.delete(socket));
      answerConnection(socket, endpoints);
    });
    tcp.maxConnections = CONNECTIONS_MAX;
    await new Promise<void>((resolve, reject) => {
      tcp.once("error", reject);
      tcp.listen(0, HOST, resolve);
    });
    const { port } = tcp.address() as { port: number };
    const udp = createSocket("udp4");
    udp.on("message", (message: Uint8Array, from: { address: string; port: number }) => {
      const reply = answerQuery(message, endpoints(), "udp");
      if (reply !== null) udp.send(reply, from.port, from.address);
    });
    await new Promise<void>((resolve, reject) => {
      udp.once("error", reject);
      udp.bind(port, HOST, resolve);
    });
    return new DnsResponder(port, udp, tcp, connections);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#connections) socket.destroy();
    await Promise.all([
      new Promise<void>((resolve) => this.#udp.close(() => resolve())),
      new Promise<void>((resolve) => this.#tcp.close(() => resolve())),
    ]);
  }
}

/** Each message has its length before it, in two bytes (RFC 7766 §8). */
function answerConnection(socket: TcpSocket, endpoints: () => readonly Endpoint[]): void {
  let waiting = Buffer.alloc(0);
  socket.on("error", () => {}); // The client may well leave first.
  socket.setTimeout(CONNECTION_IDLE_MS, () => socket.destroy());
  socket.on("data", (chunk: Uint8Array) => {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= 2) {
      const length = waiting.readUInt16BE(0);
      if (length > QUERY_BYTES_MAX) return socket.destroy();
      if (waiting.length < 2 + length) return;
      const reply = answerQuery(waiting.subarray(2, 2 + length), endpoints(), "tcp");
      waiting = waiting.subarray(2 + length);
      if (reply === null) return socket.destroy();
      socket.write(Buffer.concat([Buffer.of(reply.length >> 8, reply.length & 0xff), reply]));
    }
  });
}
