// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  addressFromBytes,
  addressToBytes,
  type Family,
  type IfIndex,
  type Mac,
  macFromBytes,
  parseIfIndex,
} from "@strait/model";
import { AF } from "./constants.ts";
import { Malformed } from "./malformed.ts";

/** A view of exactly these bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Pastes byte strings together. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Rounds up to the 4 bytes netlink aligns everything to. */
export function align4(length: number): number {
  return (length + 3) & ~3;
}

/** The bytes of an address as netlink carries it: 4 or 16, network order. */
export function wireAddress(a: Address): Uint8Array {
  const bytes = addressToBytes(a);
  return a.family === 4 ? bytes.subarray(12) : bytes;
}

/** The reverse of `wireAddress`. IPv4-mapped IPv6 is Malformed: our maps use that form for IPv4 (see `addressOf`). */
export function readAddress(bytes: Uint8Array): Address {
  if (bytes.length !== 4 && bytes.length !== 16) throw new Malformed(`an address of ${bytes.length} bytes`);
  const read = addressFromBytes(bytes);
  if (bytes.length === 16 && read.family === 4) throw new Malformed("an IPv4-mapped IPv6 address");
  return read;
}

/** An Ethernet address, or undefined for links that have none or another kind (tun: 0 bytes, IPv6 tunnels: 16). */
export function readMac(bytes: Uint8Array | undefined): Mac | undefined {
  return bytes?.length === 6 ? macFromBytes(bytes) : undefined;
}

/** AF_INET or AF_INET6. */
export function afOf(family: Family): number {
  return family === 4 ? AF.INET : AF.INET6;
}

/** The family of a message header. Anything but IPv4 and IPv6 is Malformed. */
export function readFamily(af: number): Family {
  if (af === AF.INET) return 4;
  if (af === AF.INET6) return 6;
  throw new Malformed(`address family ${af}`);
}

/** The fixed header at the front of a payload. Shorter is Malformed. */
export function readFixed(payload: Uint8Array, size: number): { head: DataView; rest: Uint8Array } {
  if (payload.length < size) throw new Malformed(`${payload.length} bytes where the header alone has ${size}`);
  return { head: viewOf(payload.subarray(0, size)), rest: payload.subarray(size) };
}

/** An interface index the kernel gave; zero and negative ones are Malformed. */
export function readIndex(value: number): IfIndex {
  const parsed = parseIfIndex(value);
  if (!parsed.ok) throw new Malformed(parsed.reason);
  return parsed.value;
}
