import { Buffer } from "node:buffer";
import { createSocket, type Socket } from "node:dgram";
import { createServer, type Server, type Socket as TcpSocket } from "node:net";
import dnsPacket from "dns-packet";
import { freePort } from "./free_port.ts";

/** A query as the server saw it, and the means to answer it. */
export interface HostileQuery {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  /** The bytes of a NOERROR reply with `answers` and whatever `changes` says. */
  reply(answers: readonly unknown[], changes?: Readonly<Record<string, unknown>>): Uint8Array;
  /** Sends bytes from the server's own address. */
  send(bytes: Uint8Array): void;
  /** Sends bytes from another port of the same address. */
  sendFromElsewhere(bytes: Uint8Array): void;
  /** Sends bytes from the same port of 127.0.0.2. */
  sendFromOtherAddress(bytes: Uint8Array): void;
}

/** What a {@link HostileDns} does. */
export interface HostileBehaviour {
  readonly onUdp: (query: HostileQuery) => void;
  /** Gets each chunk that arrives over TCP; without it, TCP is closed. */
  readonly onTcp?: (socket: TcpSocket, bytes: Buffer) => void;
  /** Where it listens for UDP. @default {"127.0.0.1"} */
  readonly address?: "127.0.0.1" | "::1";
}

/** A name server on the loopback that does exactly what a test tells it, in this process. */
export class HostileDns implements AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** Queries that arrived over UDP. */
  queries = 0;
  readonly #sockets: readonly Socket[];
  readonly #tcp: Server | null;
  readonly #connections = new Set<TcpSocket>();

  private constructor(own: Socket, others: readonly Socket[], tcp: Server | null) {
    ({ address: this.address, port: this.port } = own.address());
    this.#sockets = [own, ...others];
    this.#tcp = tcp;
  }

  /** Listens on a free port. */
  static async start(behaviour: HostileBehaviour): Promise<HostileDns> {
    const port = freePort();
    const own = await bind(port, behaviour.address ?? "127.0.0.1");
    const elsewhere = await bind(0, "127.0.0.1");
    const other = await bind(port, "127.0.0.2");
    const { onTcp } = behaviour;
    const tcp = onTcp === undefined ? null : createServer();
    const server = new HostileDns(own, [elsewhere, other], tcp);
    own.on("message", (bytes: Uint8Array, from: { address: string; port: number }) => {
      server.queries++;
      const sender = (socket: Socket) => (reply: Uint8Array) =>
        socket.send(reply, from.port, from.address);
      behaviour.onUdp({
        ...readQuery(Buffer.from(bytes)),
        send: sender(own),
        sendFromElsewhere: sender(elsewhere),
        sendFromOtherAddress: sender(other),
      });
    });
    if (tcp !== null && onTcp !== undefined) {
      tcp.on("connection", (socket) => {
        server.#connections.add(socket);
        socket.on("error", () => {}); // The client may well leave first.
        socket.on("data", (bytes: Buffer) => onTcp(socket, bytes));
      });
      await new Promise<void>((resolve) => tcp.listen(port, "127.0.0.1", resolve));
    }
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#connections) socket.destroy();
    await Promise.all(
      this.#sockets.map((socket) => new Promise<void>((resolve) => socket.close(resolve))),
    );
    const tcp = this.#tcp;
    if (tcp !== null) await new Promise<void>((resolve) => tcp.close(() => resolve()));
  }
}

/** The query in a message, with a way to make replies to it. */
export function readQuery(bytes: Buffer): Pick<HostileQuery, "id" | "name" | "type" | "reply"> {
  const { id, questions } = dnsPacket.decode(bytes);
  const [{ name, type }] = questions;
  return {
    id,
    name,
    type,
    reply: (answers, changes = {}) =>
      dnsPacket.encode({ type: "response", id, questions, answers, ...changes }),
  };
}

function bind(port: number, address: string): Promise<Socket> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, address, () => resolve(socket));
  });
}
