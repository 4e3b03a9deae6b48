// SPDX-License-Identifier: Apache-2.0
import { END, HELLO, type NettestResult, plainAddress } from "./protocol.ts";

export interface ListenOptions {
  readonly id: string;
  readonly port: number;
  /** What to wait for at most, in milliseconds. */
  readonly timeoutMs: number;
  /** Where to listen; every address of the pod when absent. */
  readonly host?: string;
  readonly onReady?: (port: number) => void;
}

/**
 * Waits for one connector that sends all it promised, answers, and tells what it saw. Connections that say something else are dropped.
 *
 * @example
 * const result = await listen({ id: crypto.randomUUID(), port: 1234, timeoutMs: 60_000 });
 */
export async function listen({ id, port, timeoutMs, host = "::", onReady }: ListenOptions): Promise<NettestResult> {
  const { promise, resolve } = Promise.withResolvers<NettestResult>();
  const server = Bun.listen<{ text: string }>({
    hostname: host,
    port,
    socket: {
      open(socket) {
        socket.data = { text: "" };
      },
      data(socket, chunk) {
        socket.data.text += chunk.toString("latin1");
        const { text } = socket.data;
        if (!text.startsWith(HELLO.slice(0, text.length)) || text.length > 1 << 24) socket.terminate();
        if (!text.startsWith(HELLO) || !text.endsWith(END)) return;
        const [head = ""] = text.split("\n", 1);
        const source = plainAddress(socket.remoteAddress);
        const bytes = text.length - head.length - 1 - END.length;
        socket.end(`${HELLO}${id}\n`);
        socket.flush();
        resolve({ ok: true, id, peer: head.slice(HELLO.length), source, bytes });
      },
    },
  });
  onReady?.(server.port);
  const late = setTimeout(() => resolve({ ok: false, id, reason: `nobody came within ${timeoutMs / 1000} s` }), timeoutMs);
  const result = await promise;
  clearTimeout(late);
  server.stop();
  return result;
}
