// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { buffer } from "node:stream/consumers";

export interface LoopbackHttpOptions {
  readonly port: number;
  /** PEM; plain HTTP when absent. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** `port` is the client's. */
  readonly answer: (request: Request, port: number) => Promise<Response>;
}

/**
 * A web server on loopback that sends the head of an answer at once, and breaks the connection where a body's stream fails: what
 * Bun.serve does not do.
 */
export class LoopbackHttp {
  readonly port: number;
  readonly #server: Server;

  constructor({ port, tls, answer }: LoopbackHttpOptions) {
    const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
      try {
        await send(await answer(await requestOf(incoming), incoming.socket.remotePort ?? 0), outgoing);
      } catch {
        outgoing.destroy();
      }
    };
    const handle = (incoming: IncomingMessage, outgoing: ServerResponse) => void serve(incoming, outgoing);
    this.#server = tls ? createTlsServer(tls, handle) : createServer(handle);
    this.#server.listen(port, "127.0.0.1");
    const address = this.#server.address();
    if (typeof address !== "object" || address === null) throw new Error(`nothing listens on port ${port}: it is taken`);
    this.port = address.port;
  }

  /** Ends at once, with every connection. */
  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }
}

async function requestOf(incoming: IncomingMessage): Promise<Request> {
  const headers = new Headers(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  const method = incoming.method ?? "GET";
  const body = method === "GET" ? null : await buffer(incoming);
  return new Request(`http://loopback${incoming.url ?? "/"}`, { method, headers, body });
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.flushHeaders();
  const reader = response.body?.getReader();
  outgoing.once("close", () => void reader?.cancel().catch(() => {}));
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) outgoing.write(part.value);
  outgoing.end();
}
