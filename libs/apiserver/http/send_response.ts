// SPDX-License-Identifier: Apache-2.0
import type { ServerResponse } from "node:http";

/** Answers up to this size are handed over at once. */
const AT_ONCE = 256 * 1024;

/**
 * Writes an answer. A streamed body is pulled only as fast as the other end reads, and cancelled when that goes away or takes
 * nothing for `stuckMs`; the rest of a big answer is dropped then, so that nobody fills our memory by asking and not reading.
 */
export async function sendResponse(
  response: Response,
  outgoing: ServerResponse,
  headOnly: boolean,
  stuckMs: number,
): Promise<void> {
  const headers: Record<string, string | string[]> = {};
  response.headers.forEach((value, name) => {
    headers[name] = name === "warning" ? value.split(/, (?=299 )/) : value;
  });
  const { body } = response;
  if (!headers["transfer-encoding"] && response.headers.get("x-strait-stream") === null) {
    const bytes = new Uint8Array(await response.arrayBuffer());
    outgoing.writeHead(response.status, { ...headers, "content-length": bytes.length });
    if (headOnly || bytes.length <= AT_ONCE) outgoing.end(headOnly ? undefined : bytes);
    else await sendSlowly(bytes, outgoing, stuckMs);
    return;
  }
  delete headers["x-strait-stream"];
  outgoing.writeHead(response.status, headers);
  outgoing.flushHeaders();
  const reader = body?.getReader();
  if (!reader) {
    outgoing.end();
    return;
  }
  const gone = closed(outgoing);
  for (;;) {
    const next = await Promise.race([reader.read(), gone]);
    if (next === "gone") break;
    if (next.done) {
      outgoing.end();
      return;
    }
    if (!outgoing.write(next.value) && !(await drained(outgoing, gone, stuckMs))) break;
  }
  outgoing.destroy();
  await reader.cancel().catch(() => {});
}

async function sendSlowly(bytes: Uint8Array, outgoing: ServerResponse, stuckMs: number): Promise<void> {
  const gone = closed(outgoing);
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    if (outgoing.write(bytes.slice(at, at + AT_ONCE)) || (await drained(outgoing, gone, stuckMs))) continue;
    outgoing.destroy();
    return;
  }
  outgoing.end();
}

function closed(outgoing: ServerResponse): Promise<"gone"> {
  const { promise, resolve } = Promise.withResolvers<"gone">();
  if (outgoing.destroyed) resolve("gone");
  else outgoing.once("close", () => resolve("gone"));
  return promise;
}

async function drained(outgoing: ServerResponse, gone: Promise<"gone">, stuckMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<"drained" | "stuck">();
  const onDrain = () => resolve("drained");
  outgoing.once("drain", onDrain);
  const timer = setTimeout(() => resolve("stuck"), stuckMs);
  const how = await Promise.race([promise, gone]);
  clearTimeout(timer);
  outgoing.off("drain", onDrain);
  return how === "drained";
}
