// SPDX-License-Identifier: Apache-2.0
import type { Json } from "../patch/mod.ts";
import { decodeBody, PROTOBUF } from "../protobuf/decode_body.ts";
import { parseMediaType } from "./media.ts";
import { badRequest, unsupportedMediaType } from "./status_error.ts";

/** A request's body as data, with its media type. */
export interface Payload {
  readonly type: string;
  readonly value: Json | undefined;
  /** The JSON text, to look for members that are there twice. */
  readonly text?: string;
}

const YAML = new Set(["application/yaml", "application/apply-patch+yaml"]);

/** Reads a JSON or YAML body. @throws StatusError 400 where it cannot be parsed, 415 for other media types. */
export async function readPayload(request: Request): Promise<Payload> {
  const { type } = parseMediaType(request.headers.get("content-type") ?? "application/json");
  if (type === PROTOBUF) {
    const bytes = await request.bytes();
    if (bytes.length === 0) return { type, value: undefined };
    const decoded = decodeBody(bytes);
    if (!decoded.ok) throw badRequest(`couldn't parse the body: ${decoded.reason}`);
    return { type, value: decoded.value };
  }
  const text = await request.text();
  if (text === "") return { type, value: undefined };
  // A body that clients send as JSON under a YAML type is common; YAML's own parser is many times slower.
  if (YAML.has(type) && !text.trimStart().startsWith("{")) return { type, value: parsed(() => Bun.YAML.parse(text) as Json) };
  if (!/^application\/([a-z-]+\+)?json$/.test(type) && !YAML.has(type))
    throw unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: application/json, application/yaml`,
    );
  return { type, value: parsed(() => JSON.parse(text) as Json), text };
}

function parsed(parse: () => Json): Json {
  try {
    return parse();
  } catch (error) {
    throw badRequest(`couldn't parse the body: ${error instanceof Error ? error.message : String(error)}`);
  }
}
