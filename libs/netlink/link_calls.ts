// SPDX-License-Identifier: Apache-2.0
import { createTun } from "@strait/ffi";
import type { IfIndex } from "@strait/model";
import { attribute } from "./attributes.ts";
import { type Channel, readAll } from "./channel.ts";
import { IFLA, IFLA_INFO, NLM_F, RTEXT_FILTER_SKIP_STATS, RTM } from "./constants.ts";
import { decodeLink, type Link } from "./link.ts";
import {
  checkLinkName,
  encodeIfinfo,
  encodeNewLink,
  encodeSettings,
  type LinkSettings,
  type LinkSpec,
  type NetlinkLink,
  type TunLink,
} from "./link_request.ts";
import { expecting } from "./outcome.ts";

/** Which links to list; absent: all. */
export interface LinkFilter {
  readonly kind?: string;
  /** Ports of this bridge. */
  readonly master?: IfIndex;
}

// Statistics are most of a link's message and nobody here reads them.
const LEAN = attribute.u32(IFLA.EXT_MASK, RTEXT_FILTER_SKIP_STATS);

/** A link by index, or by name. */
export type LinkRef = IfIndex | string;

function named(link: LinkRef): string {
  return typeof link === "string" ? `link ${link}` : `link ${link} (by index)`;
}

function reference(link: LinkRef, settings: LinkSettings = {}): Uint8Array[] {
  if (typeof link === "number") return [encodeIfinfo(link, settings)];
  return [encodeIfinfo(0, settings), attribute.string(IFLA.IFNAME, checkLinkName(link))];
}

export function listLinks(channel: Channel, filter: LinkFilter): Link[] {
  const messages = channel.socket.dump(
    { verb: "list", object: "links" },
    RTM.GETLINK,
    encodeIfinfo(0),
    LEAN,
    ...(filter.master === undefined ? [] : [attribute.u32(IFLA.MASTER, filter.master)]),
    ...(filter.kind === undefined ? [] : [attribute.nested(IFLA.LINKINFO, attribute.string(IFLA_INFO.KIND, filter.kind))]),
  );
  // Again here: a kernel that does not know the kind filters nothing.
  return readAll(channel, messages, RTM.NEWLINK, decodeLink).filter(
    (link) =>
      (filter.kind === undefined || link.kind === filter.kind) && (filter.master === undefined || link.master === filter.master),
  );
}

export function findLink(channel: Channel, link: LinkRef): Link | undefined {
  const ask = () => channel.socket.request({ verb: "read", object: named(link) }, RTM.GETLINK, 0, ...reference(link), LEAN);
  return readAll(channel, expecting(["ENODEV"], ask, []), RTM.NEWLINK, decodeLink)[0];
}

function addTun(channel: Channel, { kind: _, mode, name, ...settings }: TunLink): void {
  createTun(checkLinkName(name), mode);
  const made = findLink(channel, name);
  if (!made) return;
  try {
    setLink(channel, made.ifindex, settings);
  } catch (error) {
    deleteLink(channel, made.ifindex);
    throw error;
  }
}

function addByNetlink(channel: Channel, spec: NetlinkLink): void {
  const peer = spec.kind === "veth" ? spec.peer : undefined;
  if (peer?.up && peer.namespaceFd !== undefined) {
    throw new TypeError(`the peer ${peer.name} lives in another namespace: bring it up from there`);
  }
  const purpose = { verb: "add", object: `${spec.kind} link ${spec.name}` };
  channel.socket.request(purpose, RTM.NEWLINK, NLM_F.CREATE | NLM_F.EXCL, ...encodeNewLink(spec));
  if (peer?.up === undefined && peer?.arp === undefined) return;
  const other = findLink(channel, peer.name);
  if (other) setLink(channel, other.ifindex, { up: peer.up ?? false, arp: peer.arp ?? true });
}

export function addLink(channel: Channel, spec: LinkSpec): Link {
  if (spec.kind === "tun") addTun(channel, spec);
  else addByNetlink(channel, spec);
  const made = findLink(channel, spec.name);
  if (!made) throw new Error(`link ${spec.name} was made and is gone again`);
  return made;
}

export function setLink(channel: Channel, link: IfIndex, settings: LinkSettings): void {
  const purpose = { verb: "change", object: named(link) };
  channel.socket.request(purpose, RTM.NEWLINK, 0, ...reference(link, settings), ...encodeSettings(settings));
}

export function deleteLink(channel: Channel, link: LinkRef): boolean {
  const ask = () => channel.socket.request({ verb: "delete", object: named(link) }, RTM.DELLINK, 0, ...reference(link));
  return expecting(["ENODEV"], () => ask().length >= 0, false);
}
