// SPDX-License-Identifier: Apache-2.0

/** Rows of one map ↔ its bytes. */
export interface RowCodec<R> {
  /** The map's name in the object and in the pin directory. */
  readonly map: string;
  readonly keySize: number;
  readonly valueSize: number;
  /** An array's rows cannot be deleted: to remove one, write zeros (`valueSize` of them). */
  readonly isArray: boolean;
  encodeKey(row: R): Uint8Array;
  encodeValue(row: R): Uint8Array;
  /** Undefined: a free row of an array, or one that nobody of this layout wrote. Throws RangeError on too few bytes only. */
  decode(key: Uint8Array, value: Uint8Array): R | undefined;
}

/** How a row codec is written: the sizes come from the map. */
export type RowCoding<R> = Pick<RowCodec<R>, "encodeKey" | "encodeValue" | "decode">;
