// SPDX-License-Identifier: Apache-2.0
import type { ServerResponse } from "node:http";

/**
 * Writes an answer. A streamed body is pulled only as fast as the other end reads, and cancelled when that goes away or takes
 * nothing for `stuckMs`.
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
    outgoing.end(headOnly ? undefined : bytes);
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
  const gone = Promise.withResolvers<"gone">();
  outgoing.once("close", () => gone.resolve("gone"));
  for (;;) {
    const next = await Promise.race([reader.read(), gone.promise]);
    if (next === "gone") break;
    if (next.done) {
      outgoing.end();
      return;
    }
    if (!outgoing.write(next.value) && !(await drained(outgoing, gone.promise, stuckMs))) break;
  }
  outgoing.destroy();
  await reader.cancel().catch(() => {});
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
