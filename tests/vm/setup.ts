// SPDX-License-Identifier: Apache-2.0
/**
 * Makes a machine ready to boot: kernel, image and working tree, downloaded or built where they are not there yet.
 *
 * @module
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ok, type Result, refuse } from "@strait/model";
import type { BootOptions } from "./boot.ts";
import { buildImage } from "./image.ts";
import { fetchKernel } from "./kernel.ts";
import { packTree } from "./tree.ts";

/** The repository that holds this file. */
export const PROJECT = join(import.meta.dir, "../..");

/**
 * Prepares the options for `Vm.boot`. Refuses with what the host lacks.
 *
 * @example
 * const ready = await setup();
 * if (ready.ok) await using vm = await Vm.boot(ready.value);
 */
export async function setup(options: { readonly signal?: AbortSignal } = {}): Promise<Result<BootOptions>> {
  if (process.arch !== "x64")
    return refuse("the VM lane boots an x86_64 kernel with the host's own programs, and this host is not x86_64");
  if (Bun.which("qemu-system-x86_64") === null) return refuse("qemu-system-x86_64 is not installed: package qemu-system-x86");
  const folder = join(PROJECT, ".tools/vm");
  mkdirSync(folder, { recursive: true });
  sweep(folder);
  const kernel = await fetchKernel(folder, options);
  if (!kernel.ok) return kernel;
  const image = await buildImage(kernel.value, { folder, project: PROJECT, ...options });
  if (!image.ok) return image;
  const tree = await packTree(PROJECT, join(folder, `tree.${process.pid}.tar`), options);
  if (!tree.ok) return tree;
  return ok({ kernel: kernel.value, image: image.value, tree: tree.value, ...options });
}

/** Removes what a killed run left: temporary names end with the process id that made them. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /\.(\d+)\.(?:tar|partial)$/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}
