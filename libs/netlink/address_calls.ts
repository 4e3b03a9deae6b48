// SPDX-License-Identifier: Apache-2.0
import { type Family, formatAddress, type IfIndex } from "@strait/model";
import { afOf, viewOf } from "./bytes.ts";
import { type Channel, readAll } from "./channel.ts";
import { AF, NLM_F, RTM } from "./constants.ts";
import { decodeInterfaceAddress, encodeInterfaceAddress, type InterfaceAddress, type NewAddress } from "./interface_address.ts";
import { expecting } from "./outcome.ts";

/** Which addresses to list; absent: all. */
export interface AddressFilter {
  readonly family?: Family;
  readonly ifindex?: IfIndex;
}

function object(wanted: NewAddress): string {
  return `address ${formatAddress(wanted.address)}/${wanted.prefixLength} on link ${wanted.ifindex} (by index)`;
}

export function listAddresses(channel: Channel, filter: AddressFilter): InterfaceAddress[] {
  const head = new Uint8Array(8);
  head[0] = filter.family === undefined ? AF.UNSPEC : afOf(filter.family);
  viewOf(head).setUint32(4, filter.ifindex ?? 0, true);
  const ask = () => channel.socket.dump({ verb: "list", object: "addresses" }, RTM.GETADDR, head);
  // Asked for a link that is not there the kernel complains; a list of its addresses is empty.
  const messages = filter.ifindex === undefined ? ask() : expecting(["ENODEV"], ask, []);
  return readAll(channel, messages, RTM.NEWADDR, decodeInterfaceAddress).filter(
    (entry) => filter.ifindex === undefined || entry.ifindex === filter.ifindex,
  );
}

export function addAddress(channel: Channel, wanted: NewAddress): void {
  const flags = NLM_F.CREATE | NLM_F.REPLACE;
  channel.socket.request({ verb: "add", object: object(wanted) }, RTM.NEWADDR, flags, ...encodeInterfaceAddress(wanted));
}

export function deleteAddress(channel: Channel, unwanted: NewAddress): boolean {
  const payload = encodeInterfaceAddress(unwanted);
  const ask = () => channel.socket.request({ verb: "delete", object: object(unwanted) }, RTM.DELADDR, 0, ...payload);
  return expecting(["EADDRNOTAVAIL", "ENODEV"], () => ask().length >= 0, false);
}
