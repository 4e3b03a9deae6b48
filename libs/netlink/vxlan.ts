// SPDX-License-Identifier: Apache-2.0
import type { Address, IfIndex } from "@strait/model";
import { type Attributes, attribute } from "./attributes.ts";
import { readAddress, readIndex, wireAddress } from "./bytes.ts";
import { IFLA_VXLAN } from "./constants.ts";

/** Attributes of a vxlan device, as the kernel reports them (Documentation/networking/vxlan.rst). */
export interface VxlanAttributes {
  /** 0 on an external device. */
  readonly vni: number;
  /** UDP destination port. */
  readonly port: number;
  /** `external` (collect_md): VNI and remote come with each packet. */
  readonly external: boolean;
  readonly learning: boolean;
  readonly local?: Address;
  /** Unicast remote or multicast group. */
  readonly remote?: Address;
  readonly link?: IfIndex;
  readonly udpChecksum: boolean;
  readonly udp6ZeroChecksumTx: boolean;
  readonly udp6ZeroChecksumRx: boolean;
}

/** What a new vxlan device is made of; the rest is the kernel's default. */
export type VxlanSpec = Partial<VxlanAttributes> & Pick<VxlanAttributes, "port">;

function flag(type: number, value: boolean | undefined): Uint8Array[] {
  return value === undefined ? [] : [attribute.u8(type, value ? 1 : 0)];
}

function address(v4: number, v6: number, value: Address | undefined): Uint8Array[] {
  return value ? [attribute.bytes(value.family === 4 ? v4 : v6, wireAddress(value))] : [];
}

/** Encodes IFLA_INFO_DATA of a vxlan link. */
export function encodeVxlan(spec: VxlanSpec): Uint8Array[] {
  return [
    ...(spec.vni === undefined ? [] : [attribute.u32(IFLA_VXLAN.ID, spec.vni)]),
    attribute.u16be(IFLA_VXLAN.PORT, spec.port),
    ...flag(IFLA_VXLAN.COLLECT_METADATA, spec.external),
    ...flag(IFLA_VXLAN.LEARNING, spec.learning),
    ...address(IFLA_VXLAN.LOCAL, IFLA_VXLAN.LOCAL6, spec.local),
    ...address(IFLA_VXLAN.GROUP, IFLA_VXLAN.GROUP6, spec.remote),
    ...(spec.link === undefined ? [] : [attribute.u32(IFLA_VXLAN.LINK, spec.link)]),
    ...flag(IFLA_VXLAN.UDP_CSUM, spec.udpChecksum),
    ...flag(IFLA_VXLAN.UDP_ZERO_CSUM6_TX, spec.udp6ZeroChecksumTx),
    ...flag(IFLA_VXLAN.UDP_ZERO_CSUM6_RX, spec.udp6ZeroChecksumRx),
  ];
}

/** Decodes IFLA_INFO_DATA of a vxlan link. */
export function decodeVxlan(data: Attributes): VxlanAttributes {
  const local = data.bytes(IFLA_VXLAN.LOCAL) ?? data.bytes(IFLA_VXLAN.LOCAL6);
  const remote = data.bytes(IFLA_VXLAN.GROUP) ?? data.bytes(IFLA_VXLAN.GROUP6);
  const link = data.u32(IFLA_VXLAN.LINK);
  return {
    vni: data.u32(IFLA_VXLAN.ID) ?? 0,
    port: data.u16be(IFLA_VXLAN.PORT) ?? 0,
    external: data.u8(IFLA_VXLAN.COLLECT_METADATA) === 1,
    learning: data.u8(IFLA_VXLAN.LEARNING) === 1,
    ...(local && { local: readAddress(local) }),
    ...(remote && { remote: readAddress(remote) }),
    ...(link && { link: readIndex(link) }),
    udpChecksum: data.u8(IFLA_VXLAN.UDP_CSUM) === 1,
    udp6ZeroChecksumTx: data.u8(IFLA_VXLAN.UDP_ZERO_CSUM6_TX) === 1,
    udp6ZeroChecksumRx: data.u8(IFLA_VXLAN.UDP_ZERO_CSUM6_RX) === 1,
  };
}
