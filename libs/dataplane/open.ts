// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { buildDir } from "@strait/ffi";
import type { Owner } from "@strait/model";
import type { Log } from "@strait/obs";
import { type AttachKind, attachKind } from "./attachments.ts";
import type { Dataplane } from "./dataplane.ts";
import { KernelDataplane } from "./kernel_dataplane.ts";
import { refuseLaterLayout } from "./later_layout.ts";
import { Pins } from "./pins.ts";
import { checkNode } from "./preflight.ts";

/** How a dataplane is opened. */
export interface DataplaneOptions {
  /** A directory on a bpffs. */
  readonly pinDir: string;
  /** Which process this is. */
  readonly owner: Owner;
  /** encap.o; the one this repository builds when absent. */
  readonly objectPath?: string;
  /** How programs are attached; what the kernel has when absent. */
  readonly attach?: AttachKind;
  /** Of this process, for the mark that tells an earlier one which version is needed. */
  readonly version?: string;
  /** Whether this process probes cables beside the dataplane. */
  readonly probes?: boolean;
  readonly log: Log;
}

/** Where tools/build.ts puts the programs. */
export const DEFAULT_OBJECT: string = join(buildDir(), "bpf", "encap.o");

/**
 * Opens this node's dataplane: finds the device, maps and programs an earlier process left, or makes them. Nothing carries
 * traffic before `apply`.
 *
 * @throws SetupError where the node cannot carry it, with one sentence that says what to change.
 */
export function openDataplane({
  pinDir,
  owner,
  objectPath = DEFAULT_OBJECT,
  attach,
  version,
  probes = false,
  log,
}: DataplaneOptions): Dataplane {
  checkNode({ pinDir, objectPath, probes });
  refuseLaterLayout(pinDir);
  const pins = new Pins(pinDir);
  return new KernelDataplane({ pinDir, pins, objectPath, owner, attach: attach ?? attachKind(), version, log });
}
