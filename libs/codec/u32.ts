// SPDX-License-Identifier: Apache-2.0
import { decodeStruct, encodeStruct } from "./struct_codec.ts";

const layout = { size: 4, fields: { value: { offset: 0, kind: "u32" } } } as const;

/** A __u32 as the maps hold it: keys of arrays, values of slots. Example: `encodeU32(7)`. */
export function encodeU32(value: number): Uint8Array {
  return encodeStruct(layout, { value });
}

/** The reverse of `encodeU32`. @throws RangeError on fewer than 4 bytes */
export function decodeU32(bytes: Uint8Array): number {
  return decodeStruct(layout, bytes).value;
}
