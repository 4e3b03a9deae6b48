// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { maps } from "@strait/codec";
import { BpfMap, BpfObject, BpfProgram } from "@strait/ffi";
import type { IfIndex } from "@strait/model";
import { type Pins, removePins } from "./pins.ts";

/** The entry programs of bpf/encap.c. */
export const programNames = ["strait_from_pod", "strait_from_host", "strait_from_wire", "strait_from_tunnel"] as const;
export type ProgramName = (typeof programNames)[number];

const REASONS = maps.reasons.name;
/** Where earlier versions count. */
const EARLIER = maps.counters.name;

/** What programs are made from. */
export interface ProgramSource {
  readonly objectPath: string;
  /** Load-time config of bpf/lib/config.h, without the device. */
  readonly config: Readonly<Record<string, number | bigint | boolean>>;
  /** STRAIT_DEVICE, which the programs know by its index. */
  readonly device: IfIndex;
}

/** Our programs and maps in the kernel, and whether they had to be loaded. */
export interface Loaded {
  readonly programs: ReadonlyMap<ProgramName, BpfProgram>;
  readonly maps: ReadonlyMap<string, BpfMap>;
  /** Name of the directory they are pinned in: a hash over object file and config, and the device. */
  readonly name: string;
  readonly loaded: boolean;
}

/**
 * Opens the pinned programs if they were made from this object file with this config, else loads it. Loading reuses the
 * pinned maps, so rows and counters outlive an upgrade. Programs that are not used any more stay pinned until
 * {@linkcode dropPrograms}: attachments still hold them.
 */
export function ensurePrograms(pins: Pins, source: ProgramSource): Loaded {
  const bytes = readFileSync(source.objectPath);
  const hash = new Bun.CryptoHasher("sha256").update(bytes).update(JSON.stringify(source.config)).digest("hex").slice(0, 16);
  const name = `${hash}-${source.device}`;
  const complete = isComplete(pins, name);
  if (!complete) load(pins, bytes, source, pins.programs(name));
  return { ...openPrograms(pins, bytes, name), loaded: !complete };
}

/**
 * Opens the programs that were loaded last for this device, whatever they were made from; undefined where there are none.
 * The agent decides which programs a node runs, so that two apps of different versions do not replace each other's in turn.
 */
export function adoptPrograms(pins: Pins, source: ProgramSource): Loaded | undefined {
  const name = latestPrograms(pins, source.device);
  if (name === undefined) return undefined;
  const bytes = readFileSync(source.objectPath);
  if (lacksMaps(pins, bytes)) makeMaps(pins, bytes, source).close();
  return { ...openPrograms(pins, bytes, name), loaded: false };
}

/** Whether we have a map that the version which loaded the programs does not know. */
function lacksMaps(pins: Pins, bytes: Uint8Array): boolean {
  using object = BpfObject.open(bytes);
  return object.mapNames.some((map) => !existsSync(pins.map(map)));
}

/** Name of the programs that were loaded last for a device. */
export function latestPrograms(pins: Pins, device: IfIndex): string | undefined {
  const names = pins.listPrograms().filter((name) => name.endsWith(`-${device}`) && isComplete(pins, name));
  if (names.length < 2) return names[0];
  const times = names.map((name) => {
    using program = BpfProgram.openPinned(join(pins.programs(name), programNames[0]));
    return { name, loadTime: program.info().loadTime };
  });
  return times.reduce((last, next) => (next.loadTime > last.loadTime ? next : last)).name;
}

/** Whether all programs of that name are pinned. */
export function isComplete(pins: Pins, name: string): boolean {
  return programNames.every((program) => existsSync(join(pins.programs(name), program)));
}

/** Unpins the programs of every other name, or only those of other devices; how many there were. */
export function dropPrograms(pins: Pins, { keep, device }: { readonly keep: string; readonly device?: IfIndex }): number {
  const old = pins.listPrograms().filter((name) => name !== keep && (device === undefined || !name.endsWith(`-${device}`)));
  for (const name of old) removePins(pins.programs(name));
  return old.length;
}

/** Gives up the handles. What is pinned or attached stays. */
export function releasePrograms({ programs, maps }: Loaded): void {
  for (const handle of [...programs.values(), ...maps.values()]) handle.close();
}

function load(pins: Pins, bytes: Uint8Array, source: ProgramSource, dir: string): void {
  using object = makeMaps(pins, bytes, source);
  removePins(dir); // what a process left that died between two pins
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const name of programNames) object.program(name).pin(join(dir, name));
}

/** Loads the object: its maps are those that are pinned, and where there are none, new ones that are pinned now. */
function makeMaps(pins: Pins, bytes: Uint8Array, { config, device }: ProgramSource): BpfObject {
  const { room, counted } = countedBefore(pins);
  const maxEntries = { [REASONS]: room };
  const object = BpfObject.open(bytes, { config: { ...config, strait0_ifindex: device }, pinDir: pins.dir, maxEntries });
  try {
    object.load();
    const reasons = object.map(REASONS);
    for (const [reason, values] of counted) reasons.updatePerCpu(reason, values);
    return object;
  } catch (error) {
    object.close();
    throw error;
  }
}

/**
 * What an earlier version counted in a map of its own, which has no room for the reasons that are new: the programs that are loaded
 * next go on from its numbers. Its pin stays, as that version finds no other map when it comes back. A map of ours with more room
 * than we need, which a later version left, does as it is.
 */
function countedBefore(pins: Pins): { room: number; counted: readonly (readonly [Uint8Array, Uint8Array[]])[] } {
  const wanted = maps.reasons.maxEntries;
  if (existsSync(pins.map(REASONS))) {
    using own = BpfMap.openPinned(pins.map(REASONS));
    return { room: Math.max(wanted, own.info().maxEntries), counted: [] };
  }
  if (!existsSync(pins.map(EARLIER))) return { room: wanted, counted: [] };
  using earlier = BpfMap.openPinned(pins.map(EARLIER));
  return { room: wanted, counted: [...earlier.entriesPerCpu({ written: true })] };
}

function openPrograms(pins: Pins, bytes: Uint8Array, name: string): Omit<Loaded, "loaded"> {
  using object = BpfObject.open(bytes);
  const maps = new Map(object.mapNames.map((map) => [map, BpfMap.openPinned(pins.map(map))]));
  const programs = new Map(programNames.map((program) => [program, BpfProgram.openPinned(join(pins.programs(name), program))]));
  return { programs, maps, name };
}
