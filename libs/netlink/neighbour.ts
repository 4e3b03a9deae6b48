// SPDX-License-Identifier: Apache-2.0
import { type Address, type IfIndex, type Mac, macToBytes, type Result } from "@strait/model";
import { Attributes, attribute } from "./attributes.ts";
import { afOf, readAddress, readFixed, readIndex, readMac, viewOf, wireAddress } from "./bytes.ts";
import { AF, NDA, NTF } from "./constants.ts";
import { reading } from "./malformed.ts";

/** Size of `struct ndmsg`. */
export const NDMSG = 12;

const STATES = {
  incomplete: 0x01,
  reachable: 0x02,
  stale: 0x04,
  delay: 0x08,
  probe: 0x10,
  failed: 0x20,
  noarp: 0x40,
  permanent: 0x80,
} as const;

/** Reachability of a neighbour (arp(7), linux/neighbour.h). */
export type NeighbourState = keyof typeof STATES | "none";

interface Entry {
  readonly ifindex: IfIndex;
  readonly mac?: Mac;
  readonly state: NeighbourState;
  readonly externallyLearned: boolean;
}

/** An ARP or neighbour discovery entry. */
export interface Neighbour extends Entry {
  readonly address: Address;
  readonly router: boolean;
  readonly proxy: boolean;
}

/** A forwarding entry of a bridge, or of a vxlan device (where `remote` says where frames for the MAC go). */
export interface FdbEntry extends Entry {
  readonly mac: Mac;
  readonly vlan?: number;
  /** The bridge whose table this is in; undefined for the device's own table. */
  readonly master?: IfIndex;
  readonly remote?: Address;
  readonly vni?: number;
  readonly port?: number;
}

/** What RTM_NEWNEIGH tells: one message for both tables. */
export type NeighbourRecord =
  | { readonly kind: "neighbour"; readonly entry: Neighbour }
  | { readonly kind: "fdb"; readonly entry: FdbEntry }
  /** Tables we do not read (multicast, other families). */
  | { readonly kind: "other" };

function readState(value: number): NeighbourState {
  for (const [name, bit] of Object.entries(STATES)) if (value === bit) return name as NeighbourState;
  return "none";
}

/** Decodes the payload of RTM_NEWNEIGH or RTM_DELNEIGH. Total. */
export function decodeNeighbour(payload: Uint8Array): Result<NeighbourRecord> {
  return reading("a neighbour", () => {
    const { head, rest } = readFixed(payload, NDMSG);
    const family = head.getUint8(0);
    const attributes = Attributes.parse(rest);
    const flags = head.getUint8(10);
    const mac = readMac(attributes.bytes(NDA.LLADDR));
    const destination = attributes.bytes(NDA.DST);
    const entry: Entry = {
      ifindex: readIndex(head.getInt32(4, true)),
      ...(mac && { mac }),
      state: readState(head.getUint16(8, true)),
      externallyLearned: (flags & NTF.EXT_LEARNED) !== 0,
    };
    if (family === AF.BRIDGE && mac) {
      const master = attributes.u32(NDA.MASTER);
      const vlan = attributes.u16(NDA.VLAN);
      const vni = attributes.u32(NDA.VNI);
      const port = attributes.u16be(NDA.PORT);
      const more = {
        ...(master && { master: readIndex(master) }),
        ...(vlan !== undefined && { vlan }),
        ...(vni !== undefined && { vni }),
        ...(port !== undefined && { port }),
        ...(destination && { remote: readAddress(destination) }),
      };
      return { kind: "fdb", entry: { ...entry, mac, ...more } };
    }
    if ((family !== AF.INET && family !== AF.INET6) || !destination) return { kind: "other" };
    const own = { address: readAddress(destination), router: (flags & NTF.ROUTER) !== 0, proxy: (flags & NTF.PROXY) !== 0 };
    return { kind: "neighbour", entry: { ...entry, ...own } };
  });
}

/** An entry to make. `state` is "permanent" where absent. */
export interface NewNeighbour {
  readonly ifindex: IfIndex;
  readonly address: Address;
  readonly mac: Mac;
  readonly state?: "permanent" | "noarp" | "reachable" | "stale";
}

/** A forwarding entry to make: with `remote` in a vxlan device's own table, else in the table of the port's bridge. */
export interface NewFdbEntry {
  readonly ifindex: IfIndex;
  readonly mac: Mac;
  readonly remote?: Address;
  readonly vni?: number;
}

function head(family: number, ifindex: number, state: number, flags: number): Uint8Array {
  const out = new Uint8Array(NDMSG);
  const view = viewOf(out);
  view.setUint8(0, family);
  view.setInt32(4, ifindex, true);
  view.setUint16(8, state, true);
  view.setUint8(10, flags);
  return out;
}

/** Encodes the payload of RTM_NEWNEIGH; without `mac` it names the entry for RTM_DELNEIGH. */
export function encodeNeighbour(wanted: Omit<NewNeighbour, "mac"> & { readonly mac?: Mac }): Uint8Array[] {
  return [
    head(afOf(wanted.address.family), wanted.ifindex, STATES[wanted.state ?? "permanent"], 0),
    attribute.bytes(NDA.DST, wireAddress(wanted.address)),
    ...(wanted.mac ? [attribute.bytes(NDA.LLADDR, macToBytes(wanted.mac))] : []),
  ];
}

/** Encodes the payload of RTM_NEWNEIGH or RTM_DELNEIGH for a forwarding entry. */
export function encodeFdbEntry(wanted: NewFdbEntry): Uint8Array[] {
  return [
    head(AF.BRIDGE, wanted.ifindex, STATES.permanent | STATES.noarp, wanted.remote ? NTF.SELF : NTF.MASTER),
    attribute.bytes(NDA.LLADDR, macToBytes(wanted.mac)),
    ...(wanted.remote ? [attribute.bytes(NDA.DST, wireAddress(wanted.remote))] : []),
    ...(wanted.vni === undefined ? [] : [attribute.u32(NDA.VNI, wanted.vni)]),
  ];
}
