// SPDX-License-Identifier: Apache-2.0
import { type Address, formatAddress, type IfIndex } from "@strait/model";
import { attribute } from "./attributes.ts";
import { viewOf } from "./bytes.ts";
import { type Channel, readAll } from "./channel.ts";
import { AF, NDA, NLM_F, RTM } from "./constants.ts";
import {
  decodeNeighbour,
  encodeFdbEntry,
  encodeNeighbour,
  type FdbEntry,
  NDMSG,
  type Neighbour,
  type NewFdbEntry,
  type NewNeighbour,
} from "./neighbour.ts";
import { expecting } from "./outcome.ts";

/** Which forwarding entries to list; absent: all. */
export interface FdbFilter {
  /** Of this port, or of this vxlan device. */
  readonly ifindex?: IfIndex;
  /** Of this bridge. */
  readonly master?: IfIndex;
}

export function listNeighbours(channel: Channel, ifindex: IfIndex | undefined): Neighbour[] {
  const filter = ifindex === undefined ? [] : [attribute.u32(NDA.IFINDEX, ifindex)];
  const purpose = { verb: "list", object: "neighbours" };
  const messages = channel.socket.dump(purpose, RTM.GETNEIGH, new Uint8Array(NDMSG), ...filter);
  return readAll(channel, messages, RTM.NEWNEIGH, decodeNeighbour).flatMap((record) =>
    record.kind === "neighbour" && (ifindex === undefined || record.entry.ifindex === ifindex) ? [record.entry] : [],
  );
}

export function putNeighbour(channel: Channel, wanted: NewNeighbour): void {
  const purpose = { verb: "set", object: `neighbour ${formatAddress(wanted.address)}` };
  channel.socket.request(purpose, RTM.NEWNEIGH, NLM_F.CREATE | NLM_F.REPLACE, ...encodeNeighbour(wanted));
}

export function deleteNeighbour(channel: Channel, ifindex: IfIndex, address: Address): boolean {
  const purpose = { verb: "delete", object: `neighbour ${formatAddress(address)}` };
  const ask = () => channel.socket.request(purpose, RTM.DELNEIGH, 0, ...encodeNeighbour({ ifindex, address }));
  return expecting(["ENOENT", "ENODEV"], () => ask().length >= 0, false);
}

export function listFdb(channel: Channel, filter: FdbFilter): FdbEntry[] {
  const head = new Uint8Array(NDMSG);
  head[0] = AF.BRIDGE;
  viewOf(head).setInt32(4, filter.ifindex ?? 0, true);
  const master = filter.master === undefined ? [] : [attribute.u32(NDA.MASTER, filter.master)];
  const ask = () => channel.socket.dump({ verb: "list", object: "forwarding entries" }, RTM.GETNEIGH, head, ...master);
  const messages = filter.ifindex === undefined && filter.master === undefined ? ask() : expecting(["ENODEV"], ask, []);
  return readAll(channel, messages, RTM.NEWNEIGH, decodeNeighbour).flatMap((record) => {
    if (record.kind !== "fdb") return [];
    const wanted =
      (filter.ifindex === undefined || record.entry.ifindex === filter.ifindex) &&
      (filter.master === undefined || record.entry.master === filter.master);
    return wanted ? [record.entry] : [];
  });
}

export function addFdbEntry(channel: Channel, wanted: NewFdbEntry): void {
  const purpose = { verb: "set", object: `forwarding entry ${wanted.mac}` };
  channel.socket.request(purpose, RTM.NEWNEIGH, NLM_F.CREATE | NLM_F.REPLACE, ...encodeFdbEntry(wanted));
}

export function deleteFdbEntry(channel: Channel, unwanted: NewFdbEntry): boolean {
  const purpose = { verb: "delete", object: `forwarding entry ${unwanted.mac}` };
  const ask = () => channel.socket.request(purpose, RTM.DELNEIGH, 0, ...encodeFdbEntry(unwanted));
  return expecting(["ENOENT", "ENODEV"], () => ask().length >= 0, false);
}
