// SPDX-License-Identifier: Apache-2.0
/**
 * `./justw image [--arch amd64,arm64] [--name strait:0.0.0]`: an OCI image without a container engine, as a layout in `build/image/oci`
 * and one archive, `build/image/strait.tar`. The same commit on the same state of Debian's archive gives the same digest.
 *
 * @example
 * ```sh
 * ./justw image && ctr -n k8s.io images import build/image/strait.tar
 * ```
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { $ } from "bun";
import manifest from "../../apps/cli/package.json" with { type: "json" };
import { appFiles } from "./app_files.ts";
import { type Arch, arches } from "./arch.ts";
import { packLayer } from "./layer.ts";
import { type Document, imageOf, indexOf } from "./oci.ts";
import { rootFs } from "./root_fs.ts";

const { values } = parseArgs({
  options: { arch: { type: "string", default: "amd64,arm64" }, name: { type: "string", default: `strait:${manifest.version}` } },
});
const wanted = values.arch.split(",").map((name) => {
  const arch = arches.find((candidate) => candidate.name === name);
  if (!arch) throw new RangeError(`--arch ${name}: use ${arches.map((one) => one.name).join(", ")}`);
  return arch;
});

const work = "build/image";
const layout = join(work, "oci");
const blobs = join(layout, "blobs/sha256");
const epoch = Number((await $`git log -1 --format=%ct`.text()).trim());
const revision = (await $`git rev-parse HEAD`.text()).trim();
const created = new Date(epoch * 1000).toISOString();
const labels = {
  "org.opencontainers.image.title": "strait",
  "org.opencontainers.image.version": manifest.version,
  "org.opencontainers.image.revision": revision,
  "org.opencontainers.image.licenses": "Apache-2.0",
};

await rm(layout, { recursive: true, force: true });
await mkdir(blobs, { recursive: true });
const images = [];
for (const arch of wanted) images.push(await build(arch));
const { index, layoutIndex } = indexOf(images, values.name);
await write(index);
await writeFile(join(layout, "index.json"), layoutIndex);
await writeFile(join(layout, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
const tar = join(work, "strait.tar");
const flags = ["--sort=name", `--mtime=@${epoch}`, "--owner=0", "--group=0", "--numeric-owner", "--format=gnu"];
await $`tar ${flags} -C ${layout} -cf ${tar} blobs index.json oci-layout`;
console.log(`${values.name} ${index.descriptor.digest} (${wanted.map((arch) => arch.name).join(", ")}): ${tar}`);

async function build(arch: Arch): Promise<{ readonly architecture: string; readonly manifest: Document }> {
  console.error(`image: ${arch.name}`);
  const base = join(work, `root-${arch.name}`);
  const own = join(work, `app-${arch.name}`);
  await rootFs(arch, base);
  await appFiles({ arch, rootFs: base, to: own, version: manifest.version, created });
  const layers = [
    await packLayer({ from: base, blobs, epoch, createdBy: "Debian packages" }),
    await packLayer({ from: own, blobs, epoch, createdBy: "strait" }),
  ];
  const image = imageOf({ architecture: arch.name, layers, created, labels });
  await write(image.config);
  await write(image.manifest);
  return { architecture: arch.name, manifest: image.manifest };
}

async function write({ descriptor, bytes }: Document): Promise<void> {
  await writeFile(join(blobs, descriptor.digest.slice("sha256:".length)), bytes);
}
