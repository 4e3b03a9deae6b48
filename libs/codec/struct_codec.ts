// SPDX-License-Identifier: Apache-2.0

/** A member of a struct as layouts.gen.ts has it. Offsets and lengths in bytes. */
export type Field =
  | { readonly offset: number; readonly kind: "u8" | "u16" | "u32" | "u64" }
  | { readonly offset: number; readonly kind: "bytes"; readonly length: number };

/** A struct as layouts.gen.ts has it. */
export interface Layout {
  readonly size: number;
  readonly fields: { readonly [name: string]: Field };
}

type FieldValue<F extends Field> = F["kind"] extends "bytes" ? Uint8Array : F["kind"] extends "u64" ? bigint : number;

/** The values of a struct: numbers, bigint for 64 bits, bytes for arrays and nested structs. */
export type Struct<L extends Layout> = { [N in keyof L["fields"]]: FieldValue<L["fields"][N]> };

/** What may be left out when encoding: everything, it is zero then. */
export type StructInput<L extends Layout> = { readonly [N in keyof L["fields"]]?: FieldValue<L["fields"][N]> };

// Host order. BPF's and JavaScript's hosts here (x86_64, arm64) are all little-endian; Bun runs on no other.
const LITTLE = true;
const BITS = { u8: 8, u16: 16, u32: 32, u64: 64 } as const;

function putInteger(
  view: DataView,
  name: string,
  { offset, kind }: Field & { kind: keyof typeof BITS },
  value: number | bigint,
): void {
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new RangeError(`${name}: ${value} is no integer`);
  if (value < 0 || BigInt(value) >> BigInt(BITS[kind]) !== 0n) throw new RangeError(`${name}: ${value} does not fit ${kind}`);
  if (kind === "u64") view.setBigUint64(offset, BigInt(value), LITTLE);
  else if (kind === "u32") view.setUint32(offset, Number(value), LITTLE);
  else if (kind === "u16") view.setUint16(offset, Number(value), LITTLE);
  else view.setUint8(offset, Number(value));
}

function getInteger(view: DataView, { offset, kind }: Field & { kind: keyof typeof BITS }): number | bigint {
  if (kind === "u64") return view.getBigUint64(offset, LITTLE);
  if (kind === "u32") return view.getUint32(offset, LITTLE);
  return kind === "u16" ? view.getUint16(offset, LITTLE) : view.getUint8(offset);
}

/**
 * Writes a struct; members left out and padding are zero, so that equal values are equal bytes (map keys are compared as bytes).
 * @throws RangeError where a number does not fit, or bytes are longer than their member
 * @example
 * encodeStruct(layouts.strait_subnet, { kind: 1, index: 7 }) // 8 bytes
 */
export function encodeStruct<const L extends Layout>(layout: L, values: StructInput<L>): Uint8Array {
  const out = new Uint8Array(layout.size);
  const view = new DataView(out.buffer);
  for (const [name, field] of Object.entries(layout.fields)) {
    const value = (values as { readonly [name: string]: number | bigint | Uint8Array | undefined })[name];
    if (value === undefined) continue;
    if (field.kind === "bytes") {
      if (!(value instanceof Uint8Array)) throw new RangeError(`${name}: bytes are wanted`);
      if (value.length > field.length) throw new RangeError(`${name}: ${value.length} bytes do not fit ${field.length}`);
      out.set(value, field.offset);
    } else {
      if (value instanceof Uint8Array) throw new RangeError(`${name}: a number is wanted`);
      putInteger(view, name, field, value);
    }
  }
  return out;
}

/**
 * Reads a struct. Bytes are copies. More bytes than the struct has are ignored (per-CPU values are padded).
 * @throws RangeError where there are fewer
 * @example
 * decodeStruct(layouts.strait_subnet, bytes).index
 */
export function decodeStruct<const L extends Layout>(layout: L, bytes: Uint8Array): Struct<L> {
  if (bytes.length < layout.size) throw new RangeError(`${bytes.length} bytes are fewer than the ${layout.size} of the struct`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out: { [name: string]: number | bigint | Uint8Array } = {};
  for (const [name, field] of Object.entries(layout.fields)) {
    out[name] = field.kind === "bytes" ? bytes.slice(field.offset, field.offset + field.length) : getInteger(view, field);
  }
  return out as Struct<L>;
}
