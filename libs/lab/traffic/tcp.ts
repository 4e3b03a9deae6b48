// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { PORT, plain, type Request, type Seen } from "./protocol.ts";

interface Incoming {
  readonly hash: Bun.CryptoHasher;
  head: Uint8Array;
  expected: number | undefined;
  bytes: number;
}

/** Takes streams and answers what it saw. */
export function serveTcp(): void {
  Bun.listen<Incoming>({
    hostname: "::",
    port: PORT,
    socket: {
      open(socket) {
        socket.data = { hash: new Bun.CryptoHasher("sha256"), head: new Uint8Array(0), expected: undefined, bytes: 0 };
      },
      data(socket, chunk) {
        const state = socket.data;
        let body: Uint8Array = chunk;
        if (state.expected === undefined) {
          state.head = Buffer.concat([state.head, chunk]);
          if (state.head.length < 8) return;
          state.expected = Number(Buffer.from(state.head).readBigUInt64BE(0));
          body = state.head.subarray(8);
        }
        state.hash.update(body);
        state.bytes += body.length;
        if (state.bytes < state.expected) return;
        const seen: Seen = { sha256: state.hash.digest("hex"), peer: plain(socket.remoteAddress), bytes: state.bytes };
        socket.end(`${JSON.stringify(seen)}\n`);
      },
      error() {},
    },
  });
}

/** Sends a random stream and compares what the far end saw. */
export function sendTcp(request: Extract<Request, { do: "tcp" }>): Promise<object> {
  const payload = randomBytes(request.bytes);
  const sha256 = new Bun.CryptoHasher("sha256").update(payload).digest("hex");
  const head = Buffer.alloc(8);
  head.writeBigUInt64BE(BigInt(request.bytes));
  const stream = Buffer.concat([head, payload]);
  const began = performance.now();
  return new Promise((resolve, reject) => {
    let sent = 0;
    let reply = "";
    const timer = setTimeout(
      () => finish(new Error(`no answer after ${request.timeout} ms, ${sent} bytes handed over`)),
      request.timeout,
    );
    let open: { terminate(): void } | undefined;
    let over = false;
    function finish(outcome: Error | Seen): void {
      // To end it closes it, which is no news then.
      if (over) return;
      over = true;
      clearTimeout(timer);
      open?.terminate();
      if (outcome instanceof Error) reject(outcome);
      else
        resolve({
          sha256Equal: outcome.sha256 === sha256,
          sourceSeen: outcome.peer,
          bytes: outcome.bytes,
          ms: performance.now() - began,
        });
    }
    Bun.connect({
      hostname: request.host,
      port: PORT,
      socket: {
        open(socket) {
          open = socket;
          sent += socket.write(stream);
        },
        drain(socket) {
          if (sent < stream.length) sent += socket.write(stream.subarray(sent));
        },
        data(_socket, chunk) {
          reply += chunk.toString();
          if (reply.endsWith("\n")) finish(JSON.parse(reply) as Seen);
        },
        close() {
          if (reply.endsWith("\n")) return;
          const ms = Math.round(performance.now() - began);
          finish(new Error(`closed after ${ms} ms, ${sent} bytes handed over, ${reply.length} of an answer come`));
        },
        connectError(_socket, error) {
          finish(error);
        },
        error(_socket, error) {
          finish(error);
        },
      },
    }).catch(finish);
  });
}
