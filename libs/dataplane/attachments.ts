// SPDX-License-Identifier: Apache-2.0
import { attachTc, type BpfProgram, detachTc, queryTc, tcxSupported } from "@strait/ffi";
import { CABLE_DEVICE, STRAIT_DEVICE } from "@strait/model";
import type { Netlink } from "@strait/netlink";
import { attempt, type Changes } from "./map_sync.ts";
import type { LinkPin, Pins, Place } from "./pins.ts";
import type { ProgramName } from "./programs.ts";

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
  const index = (name: string): number | undefined => netlink.linkByName(name)?.ifindex;
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
export function attachmentsAt(place: Exclude<Place, "device">, ifindexes: readonly number[]): Attachment[] {
  return ifindexes.map((ifindex) => ({ place, ifindex, direction: "ingress", program: PROGRAM_OF[place] }));
}

/** Attaches what is missing and replaces what is old, without a gap; what is right stays untouched. */
export function writeAttachments(
  pins: Pins,
  programs: ReadonlyMap<ProgramName, BpfProgram>,
  wanted: readonly Attachment[],
  changes: Changes,
): void {
  for (const attachment of wanted) {
    const { ifindex, direction, program: name } = attachment;
    const program = programs.get(name);
    if (!program) throw new TypeError(`program ${name} is not loaded`);
    attempt(changes, "writes", "attachments", `${name} at interface ${ifindex}`, () => {
      if (queryTc(ifindex, direction).some(({ id }) => id === program.id)) return 0;
      attachTc({ program, ifindex, direction, pinPath: pins.link(attachment) }).close();
      return 1;
    });
  }
}

/**
 * Detaches from the places of those kinds that are not wanted, and unpins what belonged to interfaces that are gone.
 * Where the kernel has no TCX there are no pins to go by, so every interface is asked.
 */
export function removeAttachments(
  netlink: Netlink,
  pins: Pins,
  places: readonly Place[],
  wanted: readonly Attachment[],
  changes: Changes,
): void {
  const keep = new Set(wanted.map((attachment) => pins.link(attachment)));
  const present = tcxSupported() ? pins.listLinks() : foundByProgram(netlink);
  for (const found of present) {
    const pinPath = pins.link(found);
    if (!places.includes(found.place) || keep.has(pinPath)) continue;
    attempt(changes, "removes", "attachments", `${found.place} interface ${found.ifindex}`, () =>
      Number(detachTc({ ifindex: found.ifindex, direction: found.direction, pinPath })),
    );
  }
}

/** Our clsact filters on any interface but our own devices, whose filters go with them. */
function foundByProgram(netlink: Netlink): LinkPin[] {
  const places: readonly Exclude<Place, "device">[] = ["uplink", "pod"];
  return netlink.links().flatMap(({ ifindex }) => {
    // The kernel keeps 15 characters of a program's name.
    const names = queryTc(ifindex, "ingress").map(({ name }) => name);
    return places
      .filter((place) => names.includes(PROGRAM_OF[place].slice(0, 15)))
      .map((place) => ({ place, ifindex, direction: "ingress" as const }));
  });
}
