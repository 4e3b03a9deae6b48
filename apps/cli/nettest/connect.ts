// SPDX-License-Identifier: Apache-2.0
import { END, HELLO, type NettestResult, plainAddress } from "./protocol.ts";

export interface ConnectOptions {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** Payload, in bytes: larger than an MTU shows that big packets pass. */
  readonly bytes: number;
  /** Tries, at least one. */
  readonly attempts: number;
  /** For each try, in milliseconds. */
  readonly timeoutMs: number;
}

/** Sends what was promised and waits for the listener's answer; tries again where nobody answers. */
export async function connect(options: ConnectOptions): Promise<NettestResult> {
  const { id, host, port, attempts, timeoutMs } = options;
  let reason = "no attempt was made";
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const end = performance.now() + timeoutMs;
    // A refused connection is refused at once: ask again until the time of this attempt is over.
    while (performance.now() < end) {
      const outcome = await once(options, end - performance.now());
      if (outcome.ok) return outcome;
      reason = outcome.reason ?? reason;
      if (performance.now() < end) await Bun.sleep(200);
    }
  }
  return { ok: false, id, reason: `${host} port ${port}: ${reason} (${attempts} attempts of ${timeoutMs / 1000} s)` };
}

async function once({ id, host, port, bytes }: ConnectOptions, leftMs: number): Promise<NettestResult> {
  const { promise, resolve } = Promise.withResolvers<NettestResult>();
  const fail = (reason: string): void => resolve({ ok: false, id, reason });
  let answer = "";
  let source: string | undefined;
  const payload = Buffer.from(`${HELLO}${id}\n${"x".repeat(bytes)}${END}`);
  let sent = 0;
  const late = setTimeout(() => fail("no answer"), leftMs);
  try {
    const socket = await Promise.race([
      Bun.connect({
        hostname: host,
        port,
        socket: {
          open(opened) {
            source = plainAddress(opened.remoteAddress);
            sent += opened.write(payload);
          },
          drain(open) {
            if (sent < payload.length) sent += open.write(payload.subarray(sent));
          },
          data(open, chunk) {
            answer += chunk.toString("latin1");
            if (answer.startsWith(HELLO) && answer.endsWith("\n")) {
              const peer = answer.slice(HELLO.length, -1);
              resolve({ ok: true, id, peer, bytes, ...(source !== undefined && { source }) });
              open.end();
            } else if (answer.length > 4096) fail("the listener does not speak our protocol");
          },
          close: () => fail("the connection was closed before the answer"),
          error: (_, error) => fail(error.message),
          connectError: (_, error) => fail(error.message),
        },
      }),
      promise,
    ]);
    const result = await promise;
    if ("terminate" in socket) socket.terminate();
    return result;
  } catch (error) {
    return { ok: false, id, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(late);
  }
}
