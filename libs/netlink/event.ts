// SPDX-License-Identifier: Apache-2.0
import { ok, type Result } from "@strait/model";
import { AF, RTM } from "./constants.ts";
import { decodeInterfaceAddress, type InterfaceAddress } from "./interface_address.ts";
import { decodeLink, type Link } from "./link.ts";
import type { NetlinkMessage } from "./message.ts";
import { decodeNeighbour, type FdbEntry, type Neighbour } from "./neighbour.ts";
import { decodeNftEvent, type NftChange } from "./nft_event.ts";
import { decodeRoute, type Route } from "./route.ts";
import { decodeRule, type Rule } from "./rule.ts";

/** Whether the thing is there now (new or changed: the kernel does not tell these apart) or gone. */
export type Change = "present" | "gone";

/** A notification. `resync`: some were lost, so everything must be read anew, or all of nf_tables where it says so. */
export type NetlinkEvent =
  | { readonly kind: "link"; readonly change: Change; readonly link: Link }
  | { readonly kind: "address"; readonly change: Change; readonly address: InterfaceAddress }
  | { readonly kind: "route"; readonly change: Change; readonly route: Route }
  | { readonly kind: "neighbour"; readonly change: Change; readonly neighbour: Neighbour }
  | { readonly kind: "fdb"; readonly change: Change; readonly entry: FdbEntry }
  | { readonly kind: "rule"; readonly change: Change; readonly rule: Rule }
  | NftChange
  | { readonly kind: "resync"; readonly reason: string; readonly only?: "nftables" };

function map<T, U>(result: Result<T>, to: (value: T) => U): Result<U> {
  return result.ok ? ok(to(result.value)) : result;
}

/** Decodes a notification; undefined where it is of a type we do not read. Total. */
export function decodeEvent(message: NetlinkMessage): Result<NetlinkEvent | undefined> {
  const { type, payload } = message;
  switch (type) {
    case RTM.NEWLINK:
    case RTM.DELLINK:
      // What a bridge says of its port (its state, or that it left) is not the link: it has neither kind nor namespace, and a
      // port that leaves is not gone. The link's own message comes as well where the link itself changed.
      if (payload[0] === AF.BRIDGE) return ok(undefined);
      return map(decodeLink(payload), (link) => ({ kind: "link", change: change(type, RTM.NEWLINK), link }));
    case RTM.NEWADDR:
    case RTM.DELADDR:
      return map(decodeInterfaceAddress(payload), (address) => ({ kind: "address", change: change(type, RTM.NEWADDR), address }));
    case RTM.NEWROUTE:
    case RTM.DELROUTE:
      return map(decodeRoute(payload), (route) => ({ kind: "route", change: change(type, RTM.NEWROUTE), route }));
    case RTM.NEWRULE:
    case RTM.DELRULE:
      return map(decodeRule(payload), (rule) => ({ kind: "rule", change: change(type, RTM.NEWRULE), rule }));
    case RTM.NEWNEIGH:
    case RTM.DELNEIGH:
      return map(decodeNeighbour(payload), (record): NetlinkEvent | undefined => {
        if (record.kind === "neighbour")
          return { kind: "neighbour", change: change(type, RTM.NEWNEIGH), neighbour: record.entry };
        if (record.kind === "fdb") return { kind: "fdb", change: change(type, RTM.NEWNEIGH), entry: record.entry };
        return undefined;
      });
    default:
      // Types of rtnetlink have no subsystem in their high byte.
      return decodeNftEvent(message);
  }
}

function change(type: number, present: number): Change {
  return type === present ? "present" : "gone";
}
