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

const MAX_NODES = 500_000;
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
  if (YAML.has(type) && !text.trimStart().startsWith("{"))
    return { type, value: parsed(() => ofBoundedSize(Bun.YAML.parse(text) as Json)) };
  if (!/^application\/([a-z-]+\+)?json$/.test(type) && !YAML.has(type))
    throw unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: application/json, application/yaml`,
    );
  return { type, value: parsed(() => JSON.parse(text) as Json), text };
}

/** Aliases make a short text a huge value: whoever writes it out again would run out of memory. */
function ofBoundedSize(value: Json): Json {
  let left = MAX_NODES;
  const count = (one: Json | undefined): void => {
    if (left-- === 0) throw new Error(`the document has more than ${MAX_NODES} values`);
    if (typeof one === "object" && one !== null) for (const inner of Object.values(one)) count(inner);
  };
  count(value);
  return value;
}

function parsed(parse: () => Json): Json {
  try {
    return parse();
  } catch (error) {
    throw badRequest(`couldn't parse the body: ${error instanceof Error ? error.message : String(error)}`);
  }
}
