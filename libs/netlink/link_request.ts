// SPDX-License-Identifier: Apache-2.0
import { type IfIndex, type Mac, macToBytes } from "@strait/model";
import { attribute } from "./attributes.ts";
import { viewOf } from "./bytes.ts";
import { IFF, IFLA, IFLA_BR, IFLA_INFO, VETH_INFO_PEER } from "./constants.ts";
import { type BridgeAttributes, IFINFOMSG } from "./link.ts";
import { encodeVxlan, type VxlanSpec } from "./vxlan.ts";

/** What can be given to any link when it is made or changed. Absent: left as it is. */
export interface LinkSettings {
  readonly name?: string;
  readonly mtu?: number;
  readonly mac?: Mac;
  readonly up?: boolean;
  /** false sets NOARP: no neighbour discovery on this link. */
  readonly arp?: boolean;
  /** The bridge it becomes a port of; null takes it out. */
  readonly master?: IfIndex | null;
  readonly alias?: string;
  readonly txQueueLength?: number;
  /** Moves the link into the namespace behind this open file descriptor (a file under /run/netns or /proc/PID/ns/net). */
  readonly namespaceFd?: number;
}

interface Named extends LinkSettings {
  readonly name: string;
}
export interface VxlanLink extends Named, VxlanSpec {
  readonly kind: "vxlan";
}
export interface VethLink extends Named {
  readonly kind: "veth";
  /** `up` cannot be given together with `namespaceFd`: bring that end up from inside its namespace. */
  readonly peer: Named;
}
export interface BridgeLink extends Named, Partial<BridgeAttributes> {
  readonly kind: "bridge";
}
/** A persistent tun (IP packets) or tap (Ethernet frames) device, which goes through /dev/net/tun instead of rtnetlink. */
export interface TunLink extends Named {
  readonly kind: "tun";
  readonly mode: "tun" | "tap";
}
/** A link that rtnetlink makes. */
export type NetlinkLink = VxlanLink | VethLink | BridgeLink;
/** A link to make. */
export type LinkSpec = NetlinkLink | TunLink;

const NAME = /^[^\s/:\0]{1,15}$/;

/** Checks an interface name as the kernel does (dev_valid_name). @throws TypeError */
export function checkLinkName(name: string): string {
  if (!NAME.test(name) || name === "." || name === ".." || new TextEncoder().encode(name).length > 15) {
    throw new TypeError(`"${name}" is no interface name: use 1 to 15 bytes without space, slash or colon`);
  }
  return name;
}

/** Encodes `ifinfomsg` with the flags that the settings change. */
export function encodeIfinfo(ifindex: number, settings: LinkSettings = {}, family = 0): Uint8Array {
  const out = new Uint8Array(IFINFOMSG);
  const view = viewOf(out);
  const flags = (settings.up ? IFF.UP : 0) | (settings.arp === false ? IFF.NOARP : 0);
  const change = (settings.up === undefined ? 0 : IFF.UP) | (settings.arp === undefined ? 0 : IFF.NOARP);
  view.setUint8(0, family);
  view.setInt32(4, ifindex, true);
  view.setUint32(8, flags, true);
  view.setUint32(12, change, true);
  return out;
}

/** Encodes the attributes of settings. */
export function encodeSettings(settings: LinkSettings): Uint8Array[] {
  const { name, mtu, mac, master, alias, txQueueLength, namespaceFd } = settings;
  return [
    ...(name === undefined ? [] : [attribute.string(IFLA.IFNAME, checkLinkName(name))]),
    ...(mtu === undefined ? [] : [attribute.u32(IFLA.MTU, mtu)]),
    ...(mac === undefined ? [] : [attribute.bytes(IFLA.ADDRESS, macToBytes(mac))]),
    ...(master === undefined ? [] : [attribute.u32(IFLA.MASTER, master ?? 0)]),
    ...(alias === undefined ? [] : [attribute.string(IFLA.IFALIAS, alias)]),
    ...(txQueueLength === undefined ? [] : [attribute.u32(IFLA.TXQLEN, txQueueLength)]),
    ...(namespaceFd === undefined ? [] : [attribute.u32(IFLA.NET_NS_FD, namespaceFd)]),
  ];
}

function encodeData(spec: NetlinkLink): Uint8Array[] {
  switch (spec.kind) {
    case "vxlan":
      return encodeVxlan(spec);
    case "veth":
      // The flags of the peer are left out: the kernel would bring it up before its other end exists, and answer ENOTCONN.
      return [attribute.nested(VETH_INFO_PEER, encodeIfinfo(0), ...encodeSettings(spec.peer))];
    case "bridge":
      return [
        ...(spec.stp === undefined ? [] : [attribute.u32(IFLA_BR.STP_STATE, spec.stp ? 1 : 0)]),
        ...(spec.vlanFiltering === undefined ? [] : [attribute.u8(IFLA_BR.VLAN_FILTERING, spec.vlanFiltering ? 1 : 0)]),
        ...(spec.multicastSnooping === undefined ? [] : [attribute.u8(IFLA_BR.MCAST_SNOOPING, spec.multicastSnooping ? 1 : 0)]),
      ];
  }
}

/** Encodes the payload of RTM_NEWLINK that makes a link. */
export function encodeNewLink(spec: NetlinkLink): Uint8Array[] {
  return [
    encodeIfinfo(0, spec),
    ...encodeSettings(spec),
    attribute.nested(
      IFLA.LINKINFO,
      attribute.string(IFLA_INFO.KIND, spec.kind),
      attribute.nested(IFLA_INFO.DATA, ...encodeData(spec)),
    ),
  ];
}
