// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BpfMap, BpfObject, BpfProgram } from "@strait/ffi";
import { type Pins, removePins } from "./pins.ts";

/** The entry programs of bpf/encap.c. */
export const programNames = ["strait_from_pod", "strait_from_host", "strait_from_wire", "strait_from_tunnel"] as const;
export type ProgramName = (typeof programNames)[number];

/** Load-time config of bpf/lib/config.h. */
export type ProgramConfig = Readonly<Record<string, number | bigint | boolean>>;

/** Our programs and maps in the kernel, and whether they had to be loaded. */
export interface Loaded {
  readonly programs: ReadonlyMap<ProgramName, BpfProgram>;
  readonly maps: ReadonlyMap<string, BpfMap>;
  readonly hash: string;
  readonly loaded: boolean;
}

/**
 * Opens the pinned programs if they were made from this object file with this config, else loads it. Loading reuses the
 * pinned maps, so rows and counters outlive an upgrade. Programs that are not used any more stay pinned until
 * {@linkcode dropOldPrograms}: attachments still hold them.
 */
export function ensurePrograms(pins: Pins, objectPath: string, config: ProgramConfig): Loaded {
  const bytes = readFileSync(objectPath);
  const hash = new Bun.CryptoHasher("sha256").update(bytes).update(JSON.stringify(config)).digest("hex").slice(0, 16);
  const dir = pins.programs(hash);
  const complete = programNames.every((name) => existsSync(join(dir, name)));
  if (!complete) load(pins, bytes, config, dir);
  const programs = new Map(programNames.map((name) => [name, BpfProgram.openPinned(join(dir, name))]));
  return { programs, maps: openMaps(pins, bytes), hash, loaded: !complete };
}

/** Unpins programs of other object files or configs. */
export function dropOldPrograms(pins: Pins, hash: string): void {
  for (const other of pins.listPrograms()) if (other !== hash) removePins(pins.programs(other));
}

function load(pins: Pins, bytes: Uint8Array, config: ProgramConfig, dir: string): void {
  using object = BpfObject.open(bytes, { config, pinDir: pins.dir });
  object.load();
  removePins(dir); // what a process left that died between two pins
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const name of programNames) object.program(name).pin(join(dir, name));
}

function openMaps(pins: Pins, bytes: Uint8Array): Map<string, BpfMap> {
  using object = BpfObject.open(bytes);
  return new Map(object.mapNames.map((name) => [name, BpfMap.openPinned(pins.map(name))]));
}
