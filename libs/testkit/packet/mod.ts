// SPDX-License-Identifier: Apache-2.0
/**
 * Packets as lists of layers: build them (lengths and checksums filled in unless told otherwise), take them apart, compare them
 * layer by layer with fields left open, print them.
 *
 * @module
 */
export { buildPacket, transportChecksum } from "./build.ts";
export { internetChecksum } from "./bytes.ts";
export { comparePacket } from "./compare.ts";
export { describePacket } from "./describe.ts";
export { dissectPacket } from "./dissect.ts";
export * from "./layers.ts";
export { etherTypes, protocols } from "./numbers.ts";
export { tcpOption, tcpOptions } from "./tcp_options.ts";
