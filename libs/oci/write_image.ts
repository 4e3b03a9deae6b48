// SPDX-License-Identifier: Apache-2.0
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { $ } from "bun";
import { type Document, imageOf, indexOf } from "./documents.ts";
import { packLayer, steadyTar } from "./pack_layer.ts";

/** The image of one architecture: folders that become its layers, the lowest first. */
export interface ArchImage {
  /** OCI's word: amd64, arm64. */
  readonly architecture: string;
  readonly layers: readonly { readonly from: string; readonly createdBy: string }[];
}

export interface ImageSpec {
  /** With its tag: "strait:0.1.0". */
  readonly name: string;
  readonly images: readonly ArchImage[];
  readonly entrypoint: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since 1970: the time of everything inside. */
  readonly epoch: number;
  /** Folder for the layout; what is there is removed. */
  readonly layout: string;
  /** The archive to write, as `ctr images import` takes it. */
  readonly tar: string;
}

/**
 * Writes an image as an OCI layout and as one archive. Gives the digest of its index.
 *
 * @example
 * const digest = await writeImage({ name: "pause:1", images: [{ architecture: "amd64", layers: [{ from: "root", createdBy: "pause" }] }], … });
 */
export async function writeImage({ name, images, entrypoint, labels, epoch, layout, tar }: ImageSpec): Promise<string> {
  const blobs = join(layout, "blobs/sha256");
  await rm(layout, { recursive: true, force: true });
  await mkdir(blobs, { recursive: true });
  const write = ({ descriptor, bytes }: Document): Promise<void> =>
    writeFile(join(blobs, descriptor.digest.slice("sha256:".length)), bytes);
  const manifests = [];
  for (const { architecture, layers: folders } of images) {
    const layers = [];
    for (const folder of folders) layers.push(await packLayer({ ...folder, blobs, epoch }));
    const { config, manifest } = imageOf({
      architecture,
      layers,
      entrypoint,
      labels,
      created: new Date(epoch * 1000).toISOString(),
    });
    await write(config);
    await write(manifest);
    manifests.push({ architecture, manifest });
  }
  const { index, layoutIndex } = indexOf(manifests, name);
  await write(index);
  await writeFile(join(layout, "index.json"), layoutIndex);
  await writeFile(join(layout, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  await mkdir(dirname(tar), { recursive: true });
  // Somebody may be reading the one before.
  await $`tar ${steadyTar(epoch)} -C ${layout} -cf ${tar}.new blobs index.json oci-layout`;
  await rename(`${tar}.new`, tar);
  return index.descriptor.digest;
}
