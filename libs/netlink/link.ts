// SPDX-License-Identifier: Apache-2.0
import type { IfIndex, Mac, Result } from "@strait/model";
import { Attributes, readText } from "./attributes.ts";
import { readFixed, readIndex, readMac } from "./bytes.ts";
import { IFF, IFLA, IFLA_BR, IFLA_INFO, IFLA_TUN } from "./constants.ts";
import { Malformed, reading } from "./malformed.ts";
import { decodeVxlan, type VxlanAttributes } from "./vxlan.ts";

/** Size of `struct ifinfomsg`. */
export const IFINFOMSG = 16;

/** RFC 2863 operational states, by IF_OPER_* number (linux/if.h). */
export const OPER_STATES = ["unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"] as const;
export type OperState = (typeof OPER_STATES)[number];

/** Flags of a link, those we read. `up` is what was asked for, `running` whether packets can pass. */
export interface LinkFlags {
  readonly up: boolean;
  readonly running: boolean;
  readonly loopback: boolean;
  readonly pointToPoint: boolean;
  readonly noArp: boolean;
  readonly promiscuous: boolean;
}

export interface BridgeAttributes {
  readonly stp: boolean;
  readonly vlanFiltering: boolean;
  readonly multicastSnooping: boolean;
}

export interface TunAttributes {
  readonly mode: "tun" | "tap";
  readonly packetInfo: boolean;
  readonly vnetHeader: boolean;
  readonly persist: boolean;
  readonly multiQueue: boolean;
}

/** A network interface, as RTM_NEWLINK tells it (rtnetlink(7)). */
export interface Link {
  readonly ifindex: IfIndex;
  readonly name: string;
  readonly altNames: readonly string[];
  /** ARPHRD_* number: 1 Ethernet, 772 loopback, 65534 none (tun). */
  readonly hardwareType: number;
  /** What it was created as ("veth", "vxlan", "bridge", "tun"...); undefined for physical links and loopback. */
  readonly kind?: string;
  /** Kind of the master it is a port of ("bridge", "bond"...). */
  readonly slaveKind?: string;
  /** Largest IP packet, bytes. */
  readonly mtu: number;
  /** Undefined where the link has no Ethernet address. */
  readonly mac?: Mac;
  readonly flags: LinkFlags;
  readonly operState: OperState;
  readonly carrier: boolean;
  /** The bridge or bond it is a port of. */
  readonly master?: IfIndex;
  /** IFLA_LINK: the peer of a veth, the lower link of a vlan. In namespace `linkNetnsId` where that is set, else in ours. */
  readonly peer?: IfIndex;
  /** Id, in our namespace, of the namespace where `peer` lives; undefined: ours. -1: a namespace that has no id here yet. */
  readonly linkNetnsId?: number;
  readonly queueDiscipline?: string;
  readonly alias?: string;
  readonly vxlan?: VxlanAttributes;
  readonly bridge?: BridgeAttributes;
  readonly tun?: TunAttributes;
}

function optionalIndex(value: number | undefined): IfIndex | undefined {
  if (value === undefined || value === 0) return undefined;
  return readIndex(value);
}

function readKind(kind: string | undefined, data: Attributes): Pick<Link, "vxlan" | "bridge" | "tun"> {
  const on = (type: number): boolean => data.u8(type) === 1;
  if (kind === "vxlan") return { vxlan: decodeVxlan(data) };
  if (kind === "bridge") {
    const stp = (data.u32(IFLA_BR.STP_STATE) ?? 0) !== 0;
    return { bridge: { stp, vlanFiltering: on(IFLA_BR.VLAN_FILTERING), multicastSnooping: on(IFLA_BR.MCAST_SNOOPING) } };
  }
  if (kind !== "tun") return {};
  const tun: TunAttributes = {
    mode: data.u8(IFLA_TUN.TYPE) === 2 ? "tap" : "tun",
    packetInfo: on(IFLA_TUN.PI),
    vnetHeader: on(IFLA_TUN.VNET_HDR),
    persist: on(IFLA_TUN.PERSIST),
    multiQueue: on(IFLA_TUN.MULTI_QUEUE),
  };
  return { tun };
}

function readFlags(raw: number): LinkFlags {
  return {
    up: (raw & IFF.UP) !== 0,
    running: (raw & IFF.RUNNING) !== 0,
    loopback: (raw & IFF.LOOPBACK) !== 0,
    pointToPoint: (raw & IFF.POINTOPOINT) !== 0,
    noArp: (raw & IFF.NOARP) !== 0,
    promiscuous: (raw & IFF.PROMISC) !== 0,
  };
}

/**
 * Decodes the payload of RTM_NEWLINK or RTM_DELLINK. Total: garbage is refused with a reason.
 *
 * @example
 * const link = decodeLink(message.payload); // {ok: true, value: {ifindex: 1, name: "lo", mtu: 65536, ...}}
 */
export function decodeLink(payload: Uint8Array): Result<Link> {
  return reading("a link", () => {
    const { head, rest } = readFixed(payload, IFINFOMSG);
    const attributes = Attributes.parse(rest);
    const name = attributes.string(IFLA.IFNAME);
    if (!name) throw new Malformed("it has no name");
    const info = attributes.nested(IFLA.LINKINFO);
    const kind = info.string(IFLA_INFO.KIND);
    const slaveKind = info.string(IFLA_INFO.SLAVE_KIND);
    const mac = readMac(attributes.bytes(IFLA.ADDRESS));
    const master = optionalIndex(attributes.u32(IFLA.MASTER));
    const peer = optionalIndex(attributes.u32(IFLA.LINK));
    const linkNetnsId = attributes.i32(IFLA.LINK_NETNSID);
    const queueDiscipline = attributes.string(IFLA.QDISC);
    const alias = attributes.string(IFLA.IFALIAS);
    return {
      ifindex: readIndex(head.getInt32(4, true)),
      name,
      altNames: attributes.nested(IFLA.PROP_LIST).every(IFLA.ALT_IFNAME).map(readText),
      hardwareType: head.getUint16(2, true),
      ...(kind !== undefined && { kind }),
      ...(slaveKind !== undefined && { slaveKind }),
      mtu: attributes.u32(IFLA.MTU) ?? 0,
      ...(mac && { mac }),
      flags: readFlags(head.getUint32(8, true)),
      operState: OPER_STATES[attributes.u8(IFLA.OPERSTATE) ?? 0] ?? "unknown",
      carrier: attributes.u8(IFLA.CARRIER) === 1,
      ...(master !== undefined && { master }),
      ...(peer !== undefined && { peer }),
      ...(linkNetnsId !== undefined && { linkNetnsId }),
      ...(queueDiscipline !== undefined && { queueDiscipline }),
      ...(alias !== undefined && { alias }),
      ...readKind(kind, info.nested(IFLA_INFO.DATA)),
    };
  });
}
