// SPDX-License-Identifier: Apache-2.0
import { be16, be32, concat } from "./bytes.ts";

/** TCP options (RFC 9293 3.2) as byte strings, to be joined by {@linkcode tcpOptions}. */
export const tcpOption = {
  end: [0],
  nop: [1],
  mss: (bytes: number): number[] => [2, 4, ...be16(bytes)],
  windowScale: (shift: number): number[] => [3, 3, shift],
  sackPermitted: [4, 2],
  timestamps: (value: number, echo = 0): number[] => [8, 10, ...be32(value), ...be32(echo)],
  /** Of any kind, with so many bytes of zeros for content. */
  other: (kind: number, content: number): number[] => [kind, content + 2, ...new Array<number>(content).fill(0)],
} as const;

/** Options in that order, padded with "end" to whole words. Example: `tcpOptions(tcpOption.nop, tcpOption.mss(1460))`. */
export function tcpOptions(...options: readonly (readonly number[])[]): Uint8Array {
  const bytes = concat(...options);
  if (bytes.length > 40) throw new RangeError(`a TCP header has room for 40 bytes of options, not ${bytes.length}`);
  return concat(bytes, new Array<number>((4 - (bytes.length % 4)) % 4).fill(0));
}
