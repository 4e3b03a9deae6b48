// SPDX-License-Identifier: Apache-2.0
import { align4, concat, viewOf } from "./bytes.ts";
import { Malformed } from "./malformed.ts";

const HEADER = 4;
const NESTED = 0x8000;
const TYPE_MASK = 0x3fff;
const text = new TextEncoder();

function encode(type: number, payload: Uint8Array): Uint8Array {
  const out = new Uint8Array(align4(HEADER + payload.length));
  const view = viewOf(out);
  view.setUint16(0, HEADER + payload.length, true);
  view.setUint16(2, type, true);
  out.set(payload, HEADER);
  return out;
}

function number(size: 1 | 2 | 4, value: number): Uint8Array {
  const out = new Uint8Array(size);
  const view = viewOf(out);
  if (size === 1) view.setUint8(0, value);
  else if (size === 2) view.setUint16(0, value, true);
  else view.setUint32(0, value, true);
  return out;
}

/**
 * Encoders of one netlink attribute each (linux/netlink.h `nlattr`: length, type, payload, padding to 4). Numbers are host
 * order (little-endian on every machine we support) unless the name says network order.
 *
 * @example
 * attribute.nested(IFLA.LINKINFO, attribute.string(IFLA_INFO.KIND, "bridge"))
 */
export const attribute = {
  bytes: encode,
  flag: (type: number): Uint8Array => encode(type, new Uint8Array(0)),
  u8: (type: number, value: number): Uint8Array => encode(type, number(1, value)),
  u16: (type: number, value: number): Uint8Array => encode(type, number(2, value)),
  u16be: (type: number, value: number): Uint8Array => encode(type, Uint8Array.of(value >> 8, value & 0xff)),
  u32: (type: number, value: number): Uint8Array => encode(type, number(4, value)),
  string: (type: number, value: string): Uint8Array => encode(type, concat(text.encode(value), Uint8Array.of(0))),
  nested: (type: number, ...children: readonly Uint8Array[]): Uint8Array => encode(type | NESTED, concat(...children)),
} as const;

/**
 * The attributes of a message, by type. Readers answer undefined where the attribute is absent and complain (`Malformed`,
 * which `reading` makes a refusal) where it is too short for what it should be.
 *
 * @example
 * const mtu = Attributes.parse(payload).u32(IFLA.MTU);
 */
export class Attributes {
  readonly #all: ReadonlyMap<number, readonly Uint8Array[]>;

  private constructor(all: ReadonlyMap<number, readonly Uint8Array[]>) {
    this.#all = all;
  }

  /** Splits a payload. Up to three bytes left over are padding, as to the kernel; a length that lies is Malformed. */
  static parse(payload: Uint8Array): Attributes {
    const all = new Map<number, Uint8Array[]>();
    const view = viewOf(payload);
    let at = 0;
    while (payload.length - at >= HEADER) {
      const length = view.getUint16(at, true);
      if (length < HEADER || length > payload.length - at) throw new Malformed(`attribute length ${length} at byte ${at}`);
      const type = view.getUint16(at + 2, true) & TYPE_MASK;
      const value = payload.subarray(at + HEADER, at + length);
      const same = all.get(type);
      if (same) same.push(value);
      else all.set(type, [value]);
      at += align4(length);
    }
    return new Attributes(all);
  }

  has(type: number): boolean {
    return this.#all.has(type);
  }

  /** The payload; the last one where the type is repeated, as the kernel reads it. */
  bytes(type: number): Uint8Array | undefined {
    return this.#all.get(type)?.at(-1);
  }

  every(type: number): readonly Uint8Array[] {
    return this.#all.get(type) ?? [];
  }

  u8(type: number): number | undefined {
    return this.#fixed(type, 1)?.getUint8(0);
  }

  u16be(type: number): number | undefined {
    return this.#fixed(type, 2)?.getUint16(0);
  }

  u16(type: number): number | undefined {
    return this.#fixed(type, 2)?.getUint16(0, true);
  }

  u32(type: number): number | undefined {
    return this.#fixed(type, 4)?.getUint32(0, true);
  }

  i32(type: number): number | undefined {
    return this.#fixed(type, 4)?.getInt32(0, true);
  }

  /** Text up to the first NUL. */
  string(type: number): string | undefined {
    const value = this.bytes(type);
    return value && readText(value);
  }

  /** The attributes inside; empty where absent. */
  nested(type: number): Attributes {
    return Attributes.parse(this.bytes(type) ?? new Uint8Array(0));
  }

  #fixed(type: number, size: number): DataView | undefined {
    const value = this.bytes(type);
    if (value && value.length < size) throw new Malformed(`attribute ${type} has ${value.length} bytes, not ${size}`);
    return value && viewOf(value);
  }
}

/** Text up to the first NUL; bytes that are no UTF-8 become U+FFFD. */
export function readText(value: Uint8Array): string {
  const end = value.indexOf(0);
  return new TextDecoder().decode(end < 0 ? value : value.subarray(0, end));
}
