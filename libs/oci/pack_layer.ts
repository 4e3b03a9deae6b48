// SPDX-License-Identifier: Apache-2.0
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { $ } from "bun";
import { digestOf, LAYER_TYPE, type Layer } from "./documents.ts";

/** Flags of tar for an archive that depends on its files alone: sorted names, one time (seconds since 1970), root as owner. */
export function steadyTar(epoch: number): readonly string[] {
  return ["--sort=name", `--mtime=@${epoch}`, "--owner=0", "--group=0", "--numeric-owner", "--format=gnu"];
}

export interface LayerOptions {
  /** Folder whose content becomes the layer. */
  readonly from: string;
  /** Where blobs go: `blobs/sha256` of a layout. */
  readonly blobs: string;
  /** Seconds since 1970: the time of every file. */
  readonly epoch: number;
  readonly createdBy: string;
}

/**
 * Packs a folder so that the same files give the same bytes: sorted names, one time, root as owner, no time in the gzip header.
 */
export async function packLayer({ from, blobs, epoch, createdBy }: LayerOptions): Promise<Layer> {
  await mkdir(blobs, { recursive: true });
  const tar = join(blobs, `.${process.pid}.tar`);
  try {
    await $`tar ${steadyTar(epoch)} -C ${from} -cf ${tar} .`.quiet();
    const diffId = digestOf(await Bun.file(tar).bytes());
    await $`gzip -n -6 ${tar}`.quiet();
    const bytes = await Bun.file(`${tar}.gz`).bytes();
    const digest = digestOf(bytes);
    await rename(`${tar}.gz`, join(blobs, digest.slice("sha256:".length)));
    return { descriptor: { mediaType: LAYER_TYPE, digest, size: bytes.length }, diffId, createdBy };
  } finally {
    await rm(tar, { force: true });
    await rm(`${tar}.gz`, { force: true });
  }
}
