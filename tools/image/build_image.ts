// SPDX-License-Identifier: Apache-2.0
/**
 * `./justw image [--arch amd64,arm64] [--name localhost/strait:0.0.0]`: an OCI image without a container engine, as a layout in `build/image/oci`
 * and one archive, `build/image/strait.tar`. The same commit on the same state of Debian's archive gives the same digest.
 *
 * @example
 * ```sh
 * ./justw image && ctr -n k8s.io images import build/image/strait.tar
 * ```
 */
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type ArchImage, writeImage } from "@strait/oci";
import { $ } from "bun";
import { newestChange } from "../newest_change.ts";
import { appFiles } from "./app_files.ts";
import { type Arch, arches } from "./arch.ts";
import { rootFs } from "./root_fs.ts";

const { version }: { version: string } = await Bun.file("apps/cli/package.json").json();
const { values } = parseArgs({
  options: {
    native: { type: "boolean", default: false },
    arch: { type: "string", default: "amd64,arm64" },
    name: { type: "string", default: `localhost/strait:${version}` },
    to: { type: "string", default: "build/image" },
  },
});
const work = values.to;
const tar = join(work, "strait.tar");
// For this machine's own use, where nothing changed since: there is nothing to do.
const inputs = ["apps/**/*.ts", "libs/**/*.ts", "tools/image/*.ts", "native/*", "build/bpf/*.o", "bun.lock"];
if (values.native && (await newestChange([tar])) > (await newestChange(inputs))) process.exit(0);
const own = process.arch === "arm64" ? "arm64" : "amd64";
const wanted = (values.native ? own : values.arch).split(",").map((name) => {
  const arch = arches.find((candidate) => candidate.name === name);
  if (!arch) throw new RangeError(`--arch ${name}: use ${arches.map((one) => one.name).join(", ")}`);
  return arch;
});

// Of this build alone: several may run at the same time, and none sees half of another.
const scratch = join(work, `build-${process.pid}`);
await mkdir(scratch, { recursive: true });
const epoch = Number((await $`git log -1 --format=%ct`.text()).trim());
const revision = (await $`git rev-parse HEAD`.text()).trim();
const created = new Date(epoch * 1000).toISOString();
const digest = await writeImage({
  name: values.name,
  images: await Promise.all(wanted.map(build)),
  entrypoint: ["/usr/bin/strait"],
  labels: {
    "org.opencontainers.image.title": "strait",
    "org.opencontainers.image.version": version,
    "org.opencontainers.image.revision": revision,
    "org.opencontainers.image.licenses": "Apache-2.0",
  },
  epoch,
  layout: join(scratch, "oci"),
  tar: join(scratch, "strait.tar"),
});
await rm(join(work, "oci"), { recursive: true, force: true });
await rename(join(scratch, "oci"), join(work, "oci"));
await rename(join(scratch, "strait.tar"), tar);
await rm(scratch, { recursive: true });
console.log(`${values.name} ${digest} (${wanted.map((arch) => arch.name).join(", ")}): ${tar}`);

async function build(arch: Arch): Promise<ArchImage> {
  const base = join(scratch, `root-${arch.name}`);
  const own = join(scratch, `app-${arch.name}`);
  await rootFs(arch, base);
  await appFiles({ arch, rootFs: base, to: own, version, created });
  const layers = [
    { from: base, createdBy: "Debian packages" },
    { from: own, createdBy: "strait" },
  ];
  return { architecture: arch.name, layers };
}
