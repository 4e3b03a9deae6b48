// SPDX-License-Identifier: Apache-2.0
import { cp, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { $ } from "bun";
import type { Arch } from "./arch.ts";
import { billOfMaterials } from "./bill_of_materials.ts";
import { debComponents, npmComponents } from "./components.ts";

export interface AppFilesOptions {
  readonly arch: Arch;
  /** The unpacked base: the shim is linked with its libraries. */
  readonly rootFs: string;
  readonly to: string;
  readonly version: string;
  readonly created: string;
}

/** Where everything of ours lies in the image; the binary finds the rest beside itself. */
export const HOME = "usr/lib/strait";

/** Fills a folder with what is ours: the binary, the shim, the BPF programs (the same for every architecture), licences, bill of materials. */
export async function appFiles({ arch, rootFs, to, version, created }: AppFilesOptions): Promise<void> {
  await rm(to, { recursive: true, force: true });
  const home = join(to, HOME);
  await mkdir(join(home, "native"), { recursive: true });
  await mkdir(join(home, "bpf"), { recursive: true });
  await mkdir(join(to, "usr/bin"), { recursive: true });
  await $`${process.execPath} build --compile --target=${arch.bunTarget} --outfile ${join(home, "strait")} apps/cli/main.ts`.quiet();
  await symlink("../lib/strait/strait", join(to, "usr/bin/strait"));
  await compileShim(arch, rootFs, join(home, "native/libstraitshim.so"));
  for (const object of (await readdir("build/bpf")).filter((name) => name.endsWith(".o"))) {
    await cp(join("build/bpf", object), join(home, "bpf", object));
  }
  await writeLicences(join(to, "usr/share/doc/strait"), rootFs, { version, created });
}

/** Debug information names folders of the building machine, so it stays out. */
async function compileShim({ gcc, triplet }: Arch, rootFs: string, output: string): Promise<void> {
  const sources = (await readdir("native")).filter((name) => name.endsWith(".c")).map((name) => join("native", name));
  const libbpf = join(rootFs, "usr/lib", triplet, "libbpf.so.1");
  // Headers of libbpf are the same for every architecture; only its own folder is added, as those of libc are not.
  const headers = "build/image/include";
  await cp("/usr/include/bpf", join(headers, "bpf"), { recursive: true });
  const flags =
    "-std=gnu11 -O2 -g0 -Wall -Wextra -Werror -shared -fPIC -fvisibility=default -Wl,--build-id=none -Wl,--allow-shlib-undefined".split(
      " ",
    );
  await $`${gcc} ${flags} -isystem ${headers} ${sources} -o ${output} ${libbpf}`.quiet();
}

async function writeLicences(
  to: string,
  rootFs: string,
  about: { readonly version: string; readonly created: string },
): Promise<void> {
  await mkdir(to, { recursive: true });
  const npm = await npmComponents(".");
  await cp("LICENSE", join(to, "LICENSE"));
  for (const { name } of npm) {
    const folder = join("node_modules", name);
    const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
    for (const file of files) await cp(join(folder, file), join(to, "npm", name, file));
  }
  const bun = { kind: "generic", name: "bun", version: Bun.version, licence: "MIT" } as const;
  await writeFile(join(to, "sbom.spdx.json"), billOfMaterials([...npm, bun, ...(await debComponents(rootFs))], about));
}
