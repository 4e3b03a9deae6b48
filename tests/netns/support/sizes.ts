// SPDX-License-Identifier: Apache-2.0
import type { Family } from "@strait/lab";

/** Bytes of UDP payload (or of ICMP echo payload) in an IP packet of that size without options. */
export function payloadOf(packet: number, family: Family): number {
  return packet - (family === 4 ? 20 : 40) - 8;
}

/** Bytes of TCP payload in a packet of that size whose header carries time stamps (12 bytes with padding), as Linux sends. */
export function segmentOf(packet: number, family: Family): number {
  return packet - (family === 4 ? 20 : 40) - 20 - 12;
}
