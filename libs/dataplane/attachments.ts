// SPDX-License-Identifier: Apache-2.0
import { attachTc, type BpfProgram, detachTc, queryTc, tcxSupported } from "@strait/ffi";
import { CABLE_DEVICE, type IfIndex, STRAIT_DEVICE } from "@strait/model";
import type { Netlink } from "@strait/netlink";
import { ourFilters, removeFilter } from "./filters.ts";
import { attempt, type Changes } from "./map_sync.ts";
import type { LinkPin, Pins, Place } from "./pins.ts";
import type { ProgramName } from "./programs.ts";

/** By a TCX link, which is pinned, or by a clsact filter, which stays by itself and is known by its program. */
export type AttachKind = "tcx" | "clsact";

/** What the kernel has: TCX from Linux 6.6 on. */
export function attachKind(): AttachKind {
  return tcxSupported() ? "tcx" : "clsact";
}

/** A program at a place. */
export interface Attachment extends LinkPin {
  readonly program: ProgramName;
}

const PROGRAM_OF: { readonly [P in Exclude<Place, "device">]: ProgramName } = {
  uplink: "strait_from_wire",
  pod: "strait_from_pod",
};

/** Attachments of our own devices: what comes out of the tunnel, and what the stack routes to other clusters. */
export function deviceAttachments(netlink: Netlink): Attachment[] {
  const index = (name: string): IfIndex | undefined => netlink.linkByName(name)?.ifindex;
  const [strait0, strait1] = [index(STRAIT_DEVICE), index(CABLE_DEVICE)];
  const ingress = [strait0, strait1].flatMap((ifindex) =>
    ifindex === undefined
      ? []
      : [{ place: "device" as const, ifindex, direction: "ingress" as const, program: "strait_from_tunnel" as const }],
  );
  if (strait0 === undefined) return ingress;
  return [...ingress, { place: "device", ifindex: strait0, direction: "egress", program: "strait_from_host" }];
}

/** Attachments of uplinks or of pods' interfaces. */
export function attachmentsAt(place: Exclude<Place, "device">, ifindexes: readonly IfIndex[]): Attachment[] {
  return ifindexes.map((ifindex) => ({ place, ifindex, direction: "ingress", program: PROGRAM_OF[place] }));
}

/** Attaches what is missing and replaces what is old, without a gap; what is right stays untouched. */
export function writeAttachments(
  pins: Pins,
  programs: ReadonlyMap<ProgramName, BpfProgram>,
  wanted: readonly Attachment[],
  changes: Changes,
  kind: AttachKind = attachKind(),
): void {
  for (const attachment of wanted) {
    const { ifindex, direction, program: name } = attachment;
    const program = programs.get(name);
    if (!program) throw new TypeError(`program ${name} is not loaded`);
    attempt(changes, "writes", "attachments", `${name} at interface ${ifindex}`, () => {
      if (queryTc(ifindex, direction).some((there) => there.id === program.id && there.kind === kind)) return 0;
      attachTc({ program, ifindex, direction, kind, pinPath: pins.link(attachment) }).close();
      return 1;
    });
  }
}

/**
 * Detaches from the places of those kinds that are not wanted, and unpins what belonged to interfaces that are gone. Filters
 * of clsact have no pins to go by, so every interface is asked; a filter holds one program, so what is wanted is there by now.
 */
export function removeAttachments(
  netlink: Netlink,
  pins: Pins,
  places: readonly Place[],
  wanted: readonly Attachment[],
  changes: Changes,
  kind: AttachKind = attachKind(),
): void {
  const keep = new Set(wanted.map((attachment) => pins.link(attachment)));
  const found = kind === "tcx" ? pins.listLinks() : foundByProgram(netlink);
  detach(
    netlink,
    pins,
    found.filter((link) => places.includes(link.place) && !keep.has(pins.link(link))),
    changes,
    kind,
  );
}

/** Detaches what is known to be attached, and unpins it; what went with its interface leaves a pin at most. */
export function detach(
  netlink: Netlink,
  pins: Pins,
  unwanted: readonly LinkPin[],
  changes: Changes,
  kind: AttachKind = attachKind(),
): void {
  for (const link of unwanted) {
    const pinPath = pins.link(link);
    const { place, ifindex, direction } = link;
    if (kind === "clsact" && !netlink.linkByIndex(ifindex)) continue;
    attempt(changes, "removes", "attachments", `${place} interface ${ifindex}`, () =>
      Number(kind === "tcx" ? detachTc({ ifindex, direction, pinPath }) : removeFilter(netlink, ifindex, direction)),
    );
  }
}

/** Our clsact filters on any interface but our own devices, whose filters go with them. */
function foundByProgram(netlink: Netlink): LinkPin[] {
  const places: readonly Exclude<Place, "device">[] = ["uplink", "pod"];
  return netlink.links().flatMap(({ ifindex }) => {
    const names = ourFilters(ifindex, "ingress");
    return places
      .filter((place) => names.includes(PROGRAM_OF[place].slice(0, 15)))
      .map((place) => ({ place, ifindex, direction: "ingress" as const }));
  });
}
