// SPDX-License-Identifier: Apache-2.0
import { type Address, addressToBytes } from "./address.ts";
import type { Brand } from "./brand.ts";
import { must, ok, type Result, refuse } from "./result.ts";

/** An Ethernet address in lower case: "02:53:ac:1f:01:02". */
export type Mac = Brand<string, "Mac">;

/** Reads a MAC of six hex pairs. Example: `parseMac("02:53:AC:1F:01:02")`. */
export function parseMac(text: string): Result<Mac> {
  if (/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return ok(text.toLowerCase() as Mac);
  return refuse(`"${text.slice(0, 32)}" is no MAC address: write it like 02:00:00:00:00:01`);
}

/** As `parseMac`, for literals. @throws TypeError with the reason. */
export function mac(text: string): Mac {
  return must(parseMac(text));
}

/** The six bytes as on the wire. */
export function macToBytes(m: Mac): Uint8Array {
  return Uint8Array.from(m.split(":"), (pair) => Number.parseInt(pair, 16));
}

/** The reverse of `macToBytes`. @throws RangeError where there are not six bytes. */
export function macFromBytes(bytes: Uint8Array): Mac {
  if (bytes.length !== 6) throw new RangeError(`a MAC has 6 bytes, not ${bytes.length}`);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":") as Mac;
}

/**
 * The MAC of a tunnel end, made from its outer address so that both ends know it without asking. Locally administered
 * (bit 1 of the first byte). IPv4: 02:53 and the address, so never shared by two nodes (Submariner issue 4024: equal MACs
 * made the kernel drop frames as loops). IPv6: 02 and 40 bits of FNV-1a over the address.
 *
 * @example
 * vtepMac(address("172.31.1.2")) // "02:53:ac:1f:01:02"
 */
export function vtepMac(outer: Address): Mac {
  const bytes = addressToBytes(outer);
  if (outer.family === 4) return macFromBytes(Uint8Array.of(0x02, 0x53, ...bytes.subarray(12)));
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  const folded = (hash >> 24n) ^ (hash & 0xffffffn);
  return macFromBytes(Uint8Array.of(0x02, ...[32n, 24n, 16n, 8n, 0n].map((shift) => Number((folded >> shift) & 0xffn))));
}
