// SPDX-License-Identifier: Apache-2.0
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "bun";
import type { Component } from "./bill_of_materials.ts";

interface Manifest {
  readonly version?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The npm packages that the product needs, those they need included: what is inside the binary besides our own sources. */
export async function npmComponents(root: string): Promise<readonly Component[]> {
  const found = new Map<string, Component>();
  const visit = async (folder: string, isRoot = false): Promise<void> => {
    const manifest: Manifest = await Bun.file(join(folder, "package.json")).json();
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      if (found.has(name) || (isRoot && name.startsWith("@strait/"))) continue;
      const own = join(root, "node_modules", name);
      const { version = "", license }: Manifest = await Bun.file(join(own, "package.json")).json();
      found.set(name, { kind: "npm", name, version, ...(license !== undefined && { licence: license }) });
      await visit(own);
    }
  };
  await visit(root, true);
  return [...found.values()];
}

/** The Debian packages of an unpacked root file system, by the head of each one's changelog. */
export async function debComponents(rootFs: string): Promise<readonly Component[]> {
  const docs = join(rootFs, "usr/share/doc");
  const components: Component[] = [];
  for (const name of (await readdir(docs)).sort()) {
    for (const file of ["changelog.Debian.gz", "changelog.gz"]) {
      const log = Bun.file(join(docs, name, file));
      if (!(await log.exists())) continue;
      const [, version] = /^\S+ \(([^)]+)\)/.exec(new TextDecoder().decode(gunzipSync(await log.bytes()))) ?? [];
      if (version === undefined) throw new Error(`${name}: ${file} does not begin with a version`);
      components.push({ kind: "deb", name, version });
      break;
    }
  }
  return components;
}
