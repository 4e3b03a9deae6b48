// SPDX-License-Identifier: Apache-2.0
import type { Json, JsonObject } from "../patch/mod.ts";
import { protobufFields } from "./fields.gen.ts";
import { readFields } from "./wire_reader.ts";

interface Field {
  /** The member's name in JSON; "~": the members of the inner message are the outer one's. */
  readonly name: string;
  readonly shape: "one" | "list" | "map";
  /** Whether a zero value was set on purpose. */
  readonly pointer: boolean;
  readonly type: string;
}

let table: Map<string, Map<number, Field>> | undefined;

function fieldsOf(type: string): Map<number, Field> | undefined {
  table ??= new Map(
    protobufFields
      .trim()
      .split("\n")
      .map((line) => {
        const [name = "", ...words] = line.split(" ");
        return [name, new Map(words.map(readField))];
      }),
  );
  return table.get(type);
}

function readField(word: string): [number, Field] {
  const [, name = "", number = "", mark = "", type = ""] = /^([^=]+)=(\d+):(\*|\[\]|<>)?(.*)$/.exec(word) ?? [];
  const shape = mark === "[]" ? "list" : mark === "<>" ? "map" : "one";
  return [Number(number), { name, shape, pointer: mark === "*", type }];
}

const decoder = new TextDecoder();

/**
 * The JSON form of a protobuf message. Zero values that Go's structs always carry are left out, as in Go's own JSON.
 *
 * @param type as in the table: "core.Pod".
 * @throws RangeError where the bytes are no such message.
 */
export function decodeMessage(type: string, bytes: Uint8Array): JsonObject {
  const fields = fieldsOf(type);
  if (!fields) throw new RangeError(`the type ${type} is not known in protobuf form`);
  const object: JsonObject = {};
  for (const { number, value } of readFields(bytes)) {
    const field = fields.get(number);
    if (!field) continue;
    const { name, shape, pointer } = field;
    if (shape === "map") {
      const [key, entry] = mapEntry(field.type, value);
      const map = (object[name] ?? {}) as JsonObject;
      object[name] = map;
      if (key !== "__proto__") map[key] = entry ?? "";
    } else if (shape === "list") {
      const list = (object[name] ?? []) as Json[];
      object[name] = list;
      list.push(decodeValue(field.type, value) ?? "");
    } else {
      const decoded = decodeValue(field.type, value);
      if (name === "~") Object.assign(object, decoded);
      else if (decoded !== undefined && (pointer || (decoded !== "" && decoded !== 0 && decoded !== false)))
        object[name] = decoded;
    }
  }
  return object;
}

function mapEntry(type: string, value: bigint | Uint8Array): [string, Json | undefined] {
  let key = "";
  let entry: Json | undefined;
  for (const field of readFields(bytesOf(value))) {
    if (field.number === 1) key = decoder.decode(bytesOf(field.value));
    else if (field.number === 2) entry = decodeValue(type, field.value);
  }
  return [key, entry ?? (type.includes(".") ? {} : "")];
}

/** A value that says nothing (a time of zero) is undefined. */
function decodeValue(type: string, value: bigint | Uint8Array): Json | undefined {
  if (type === "int") return number(value);
  if (type === "bool") return value === 1n;
  const bytes = bytesOf(value);
  switch (type) {
    case "string":
      return decoder.decode(bytes);
    case "bytes":
      return Buffer.from(bytes).toString("base64");
    case "time":
      return time(bytes, false);
    case "microtime":
      return time(bytes, true);
    case "quantity":
      return decoder.decode(bytesOf(members(bytes).get(1) ?? new Uint8Array()));
    case "raw": {
      const raw = members(bytes).get(1);
      return raw === undefined ? undefined : (JSON.parse(decoder.decode(bytesOf(raw))) as Json);
    }
    case "intstr": {
      const found = members(bytes);
      return found.get(1) === 1n ? decoder.decode(bytesOf(found.get(3) ?? new Uint8Array())) : number(found.get(2));
    }
    case "items":
      return [...readFields(bytes)].filter((field) => field.number === 1).map((field) => decoder.decode(bytesOf(field.value)));
    default:
      return decodeMessage(type, bytes);
  }
}

function time(bytes: Uint8Array, micros: boolean): string | undefined {
  const found = members(bytes);
  const [seconds, nanos] = [found.get(1), number(found.get(2))];
  if (seconds === undefined) return undefined;
  const whole = new Date(number(seconds) * 1000).toISOString().slice(0, 19);
  return micros ? `${whole}.${String(Math.floor(nanos / 1000)).padStart(6, "0")}Z` : `${whole}Z`;
}

function members(bytes: Uint8Array): Map<number, bigint | Uint8Array> {
  return new Map(Array.from(readFields(bytes), ({ number: key, value }) => [key, value]));
}

function number(value: bigint | Uint8Array | undefined): number {
  return typeof value === "bigint" ? Number(BigInt.asIntN(64, value)) : 0;
}

function bytesOf(value: bigint | Uint8Array): Uint8Array {
  if (typeof value === "bigint") throw new RangeError("a number stands where bytes belong");
  return value;
}
