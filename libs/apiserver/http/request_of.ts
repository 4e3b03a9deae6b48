// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from "node:http";
import { badRequest, tooLarge } from "./status_error.ts";

/** Largest request body, in bytes, as upstream. */
export const MAX_BODY = 3 * 1024 * 1024;

/** Reads a whole request. @throws StatusError 413 as soon as the body is known to be too long. */
export async function requestOf(incoming: IncomingMessage): Promise<Request> {
  const method = incoming.method ?? "GET";
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined && !name.startsWith(":")) for (const one of [value].flat()) headers.append(name, one);
  }
  const url = `https://server${incoming.url?.startsWith("/") ? incoming.url : "/"}`;
  if (!URL.canParse(url)) throw badRequest("the request's path is no URL");
  if (method === "GET" || method === "HEAD") return new Request(url, { method, headers });
  const body = await readBody(incoming);
  return new Request(url, { method, headers, ...(body.length > 0 && { body }) });
}

async function readBody(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const refusal = () => tooLarge(`Request entity too large: limit is ${MAX_BODY}`);
  if (Number(incoming.headers["content-length"] ?? 0) > MAX_BODY) throw refusal();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MAX_BODY) throw refusal();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
