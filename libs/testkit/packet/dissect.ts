// SPDX-License-Identifier: Apache-2.0
import { macFromBytes } from "@strait/model";
import { ipText } from "./bytes.ts";
import type { Extension, Ip4, Ip6, Layer, Payload } from "./layers.ts";
import { etherTypes, extensionTypes, protocols, vxlanPorts } from "./numbers.ts";

/** Reads on from a place in the packet; undefined where too few bytes are left. */
class Cursor {
  #at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get rest(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }

  take(size: number): DataView | undefined {
    if (this.rest.length < size) return undefined;
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#at, size);
    this.#at += size;
    return view;
  }
}

type Next = { readonly ether: number } | { readonly protocol: number; readonly later?: boolean } | "vxlan" | "end";
type Step = readonly [Layer, Next] | undefined;

const bytesOf = (view: DataView, from: number, to: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + from, to - from).slice();

function ethernet(c: Cursor): Step {
  const v = c.take(14);
  if (!v) return undefined;
  const type = v.getUint16(12);
  return [{ kind: "eth", dst: macFromBytes(bytesOf(v, 0, 6)), src: macFromBytes(bytesOf(v, 6, 12)), type }, { ether: type }];
}

function tag(c: Cursor): Step {
  const v = c.take(4);
  if (!v) return undefined;
  const type = v.getUint16(2);
  return [{ kind: "vlan", id: v.getUint16(0) & 0xfff, priority: v.getUint8(0) >> 5, type }, { ether: type }];
}

function four(c: Cursor): Step {
  const words = (c.rest[0] ?? 0) & 15;
  const v = c.take(Math.max(words, 5) * 4);
  if (!v) return undefined;
  const flags = v.getUint16(6);
  const layer: Ip4 = {
    kind: "ip4",
    src: ipText(bytesOf(v, 12, 16)),
    dst: ipText(bytesOf(v, 16, 20)),
    version: v.getUint8(0) >> 4,
    headerWords: words,
    tos: v.getUint8(1),
    length: v.getUint16(2),
    id: v.getUint16(4),
    dontFragment: (flags & 0x4000) !== 0,
    moreFragments: (flags & 0x2000) !== 0,
    offset: flags & 0x1fff,
    ttl: v.getUint8(8),
    protocol: v.getUint8(9),
    checksum: v.getUint16(10),
    options: bytesOf(v, 20, v.byteLength),
  };
  return [layer, { protocol: v.getUint8(9), later: (flags & 0x1fff) !== 0 }];
}

function six(c: Cursor): Step {
  const v = c.take(40);
  if (!v) return undefined;
  const layer: Ip6 = {
    kind: "ip6",
    src: ipText(bytesOf(v, 8, 24)),
    dst: ipText(bytesOf(v, 24, 40)),
    version: v.getUint8(0) >> 4,
    tos: (v.getUint16(0) >> 4) & 0xff,
    flow: v.getUint32(0) & 0xfffff,
    length: v.getUint16(4),
    next: v.getUint8(6),
    hopLimit: v.getUint8(7),
  };
  return [layer, { protocol: v.getUint8(6) }];
}

function extended(c: Cursor, type: Extension["type"]): Step {
  const words = c.rest[1];
  const v = words === undefined ? undefined : c.take(8 + 8 * words);
  if (!v || words === undefined) return undefined;
  return [{ kind: "extension", type, words, next: v.getUint8(0) }, { protocol: v.getUint8(0) }];
}

function fragmented(c: Cursor): Step {
  const v = c.take(8);
  if (!v) return undefined;
  const [next, place] = [v.getUint8(0), v.getUint16(2)];
  const layer: Layer = { kind: "fragment6", offset: place >> 3, more: (place & 1) !== 0, id: v.getUint32(4), next };
  return [layer, { protocol: next, later: place >> 3 !== 0 }];
}

function transport(c: Cursor, protocol: number): Step {
  if (protocol === protocols.udp) {
    const v = c.take(8);
    if (!v) return undefined;
    const [sport, dport, length, checksum] = [v.getUint16(0), v.getUint16(2), v.getUint16(4), v.getUint16(6)];
    return [{ kind: "udp", sport, dport, length, checksum }, vxlanPorts.includes(dport) ? "vxlan" : "end"];
  }
  if (protocol === protocols.tcp) {
    const words = (c.rest[12] ?? 0) >> 4;
    const v = c.take(Math.max(words, 5) * 4);
    if (!v) return undefined;
    const ports = { sport: v.getUint16(0), dport: v.getUint16(2), seq: v.getUint32(4), ack: v.getUint32(8) };
    const tail = { window: v.getUint16(14), checksum: v.getUint16(16), urgent: v.getUint16(18) };
    const options = bytesOf(v, 20, v.byteLength);
    return [{ kind: "tcp", ...ports, words, flags: v.getUint8(13), ...tail, options }, "end"];
  }
  const v = c.take(8);
  if (!v) return undefined;
  const [type, code, checksum] = [v.getUint8(0), v.getUint8(1), v.getUint16(2)];
  return [{ kind: "icmp", type, code, id: v.getUint16(4), seq: v.getUint16(6), checksum }, "end"];
}

function encapsulated(c: Cursor): Step {
  const v = c.take(8);
  if (!v) return undefined;
  const vni = v.getUint32(4) >>> 8;
  const layer: Layer = {
    kind: "vxlan",
    vni,
    flags: v.getUint8(0),
    reserved: v.getUint32(0) & 0xffffff,
    reservedToo: v.getUint8(7),
  };
  return [layer, { ether: -1 }];
}

function step(c: Cursor, next: Next): Step {
  if (next === "end") return undefined;
  if (next === "vxlan") return encapsulated(c);
  if ("ether" in next) {
    if (next.ether === -1) return ethernet(c);
    if (next.ether === etherTypes.vlan) return tag(c);
    return next.ether === etherTypes.ip4 ? four(c) : next.ether === etherTypes.ip6 ? six(c) : undefined;
  }
  if (next.later) return undefined;
  const type = (Object.keys(extensionTypes) as Extension["type"][]).find((name) => extensionTypes[name] === next.protocol);
  if (type) return extended(c, type);
  if (next.protocol === protocols.fragment6) return fragmented(c);
  if (next.protocol === protocols.ip4) return four(c);
  if (next.protocol === protocols.ip6) return six(c);
  const plain: readonly number[] = [protocols.udp, protocols.tcp, protocols.icmp, protocols.icmp6];
  return plain.includes(next.protocol) ? transport(c, next.protocol) : undefined;
}

/**
 * The layers of an Ethernet frame. Total: what cannot be read as the layer it should be is payload. Nothing is checked.
 *
 * @example
 * dissectPacket(bytes).map((layer) => layer.kind) // ["eth", "ip4", "udp", "vxlan", "eth", "ip4", "tcp", "payload"]
 */
export function dissectPacket(bytes: Uint8Array): Layer[] {
  const cursor = new Cursor(bytes);
  const layers: Layer[] = [];
  let next: Next = { ether: -1 };
  for (let found = step(cursor, next); found; found = step(cursor, next)) {
    layers.push(found[0]);
    next = found[1];
  }
  const rest: Payload = { kind: "payload", bytes: cursor.rest.slice() };
  return rest.bytes.length > 0 ? [...layers, rest] : layers;
}
