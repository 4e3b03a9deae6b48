// SPDX-License-Identifier: Apache-2.0

/**
 * The program that stands in a pod: server and client of every traffic test, told what to do by JSON lines on stdin and
 * answering by JSON lines on stdout. It ends when stdin does, so it never outlives whoever started it.
 *
 * Port {@link PORT}: TCP takes an 8-byte big-endian length and that many bytes, then answers with one line of JSON
 * `{sha256, peer, bytes}`; UDP answers a datagram with the same JSON, padded with NULs to the datagram's own size.
 */
import { createInterface } from "node:readline";
import { startFlow, stopFlow } from "./flow.ts";
import type { Answer, Request } from "./protocol.ts";
import { sendTcp, serveTcp } from "./tcp.ts";
import { sendUdp, serveUdp } from "./udp.ts";

async function handle(request: Request): Promise<object> {
  switch (request.do) {
    case "tcp":
      return sendTcp(request);
    case "udp":
      return sendUdp(request);
    case "flow":
      return startFlow(request);
    case "stop":
      return stopFlow(request);
  }
}

function say(answer: Answer | { readonly ready: true }): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

if (import.meta.main) {
  serveTcp();
  await serveUdp();
  say({ ready: true });
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    const request = JSON.parse(line) as Request;
    handle(request).then(
      (result) => say({ id: request.id, ok: true, ...result }),
      (error: unknown) => say({ id: request.id, ok: false, reason: error instanceof Error ? error.message : String(error) }),
    );
  });
  lines.on("close", () => process.exit(0));
}
