// Below the ports that Linux gives to outgoing sockets (32768 up), so none of those takes it meanwhile;
// above the ones that `fetch` refuses.
const PORT_MIN = 20_000;
const PORT_MAX = 32_000;

/**
 * A port of `host`, a loopback address, that is free for TCP and UDP, chosen at random so that tests
 * that run at the same time hardly meet.
 */
export function freePort(host = "127.0.0.1"): number {
  for (let tries = 0; tries < 100; tries++) {
    const port = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN));
    if (tcpIsFree(host, port) && udpIsFree(port)) return port;
  }
  throw new Error(`Cannot find a free port of ${host}: 100 tries found none.`);
}

function tcpIsFree(hostname: string, port: number): boolean {
  try {
    Deno.listen({ hostname, port }).close();
    return true;
  } catch {
    return false;
  }
}

/** Reads the kernel's table, since `Deno.listenDatagram` needs an unstable flag. */
function udpIsFree(port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return !Deno.readTextFileSync("/proc/net/udp").includes(`:${hex} `);
}
