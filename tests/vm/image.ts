// SPDX-License-Identifier: Apache-2.0
/**
 * The guest's root disk and initramfs, built from the host's own files and kept by content.
 *
 * ```
 * initramfs  busybox, virtio drivers, guest/initramfs_init.sh   finds the disks, switches root
 * disk 1     root.ext4: host programs, kernel modules, Bun, node_modules      cached (this module)
 * disk 2     a tar of the working tree, unpacked to /strait at boot           per run (tree.ts)
 * ```
 *
 * @module
 */
import { createHash } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ok, type Result, refuse } from "@strait/model";
import { collectHostFiles, PROGRAMS, REQUIRED } from "./host_files.ts";
import type { Kernel } from "./kernel.ts";
import { run } from "./run.ts";

/** What qemu boots from. */
export interface Image {
  readonly root: string;
  readonly initramfs: string;
  /** Programs of the wanted list that the host, and so the guest, does not have. */
  readonly missing: readonly string[];
}

/** Modules the initramfs loads to reach the disks and the message port, with what they depend on. */
const EARLY_MODULES: readonly string[] = ["virtio_pci", "virtio_blk", "virtio_console"];

/** The parts of the module tree that a network lab can ask for: the rest (file systems, storage, graphics) stays behind. */
const MODULE_FOLDERS: readonly string[] = [
  "arch",
  "crypto",
  "lib",
  "net",
  "drivers/net",
  "drivers/virtio",
  "drivers/block",
  "drivers/char",
];

/** Development tools in node_modules that no test inside the guest uses. */
const HEAVY_PACKAGES = /biome|typescript|^@types|bun-types/;

/** How long an image outlives the change of its content. */
const KEEP_MS = 60 * 60_000;

const GUEST_FOLDER = join(import.meta.dir, "guest");

/**
 * Builds the image below `folder`, or finds the one built from the same files before.
 *
 * @param project root of the repository: its node_modules goes into the image
 * @example
 * const image = await buildImage(kernel, { folder: ".tools/vm", project: "." });
 */
export async function buildImage(
  kernel: Kernel,
  options: { readonly folder: string; readonly project: string; readonly signal?: AbortSignal },
): Promise<Result<Image>> {
  const busybox = ["/usr/bin/busybox", "/bin/busybox"].find((path) => existsSync(path));
  if (!busybox) return refuse("busybox is not installed: the VM lane needs the package busybox-static");
  const shims = ["build/native/libstraitshim.so"].map((path) => join(options.project, path)).filter((path) => existsSync(path));
  const { paths, missing } = await collectHostFiles(PROGRAMS, { ...options, extra: [process.execPath, ...shims] });
  const lacking = REQUIRED.filter((program) => missing.includes(program));
  if (lacking.length > 0) return refuse(`the VM lane needs these programs on the host: ${lacking.join(", ")}`);

  const home = join(options.folder, "image", contentKey(kernel, [...paths, busybox, process.execPath], options.project));
  const image = { root: join(home, "root.ext4"), initramfs: join(home, "initramfs.cpio"), missing };
  if (existsSync(home)) return ok(image);

  const work = join(options.folder, `image.${process.pid}.partial`);
  rmSync(work, { recursive: true, force: true });
  try {
    const modules = await stageModules(kernel, busybox, join(work, "modules"), options);
    if (!modules.ok) return modules;
    const root = join(work, "root");
    stageRoot(root, paths, { busybox, modules: modules.value, kernel, project: options.project });
    mkdirSync(join(work, "out"));
    const disk = await makeDisk(root, join(work, "out/root.ext4"), options);
    if (!disk.ok) return disk;
    const initramfs = await makeInitramfs(join(work, "initramfs"), join(work, "out/initramfs.cpio"), {
      busybox,
      modules: modules.value,
      kernel,
      ...options,
    });
    if (!initramfs.ok) return initramfs;
    publish(join(work, "out"), home);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return ok(image);
}

/** Puts the finished files in place. Another run may have been faster: then its files, of the same content, stay. */
function publish(from: string, home: string): void {
  const shelf = dirname(home);
  mkdirSync(shelf, { recursive: true });
  for (const name of readdirSync(shelf)) {
    const other = join(shelf, name);
    // Its key names files that have changed; but a run that began a while ago may still boot from it.
    if (Date.now() - statSync(other).mtimeMs > KEEP_MS) rmSync(other, { recursive: true, force: true });
  }
  try {
    renameSync(from, home);
  } catch (error) {
    if (!existsSync(home)) throw error;
  }
}

function contentKey(kernel: Kernel, paths: readonly string[], project: string): string {
  const hash = createHash("sha256").update(kernel.release);
  for (const path of paths) {
    const { size, mtimeMs } = lstatSync(path);
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  for (const file of ["bun.lock", "package.json"]) hash.update(readFileSync(join(project, file)));
  for (const file of ["initramfs_init.sh", "root_init.sh"]) hash.update(readFileSync(join(GUEST_FOLDER, file)));
  for (const file of ["image.ts", "host_files.ts", "compiler_files.ts"]) hash.update(readFileSync(join(import.meta.dir, file)));
  return hash.digest("hex").slice(0, 16);
}

/** A pruned module tree with its dependency index, at `<folder>/lib/modules/<release>`. */
async function stageModules(
  kernel: Kernel,
  busybox: string,
  folder: string,
  options: { readonly signal?: AbortSignal },
): Promise<Result<string>> {
  const tree = join(folder, "lib/modules", kernel.release);
  for (const part of MODULE_FOLDERS) {
    const from = join(kernel.modules, "kernel", part);
    if (existsSync(from)) cpSync(from, join(tree, "kernel", part), { recursive: true });
  }
  for (const file of readdirSync(kernel.modules)) {
    if (file.startsWith("modules.")) copyFileSync(join(kernel.modules, file), join(tree, file));
  }
  const depmod = await run([busybox, "depmod", "-b", folder, kernel.release], options);
  return depmod.exit === 0 ? ok(tree) : refuse(`busybox depmod failed: ${depmod.stderr.trim()}`);
}

interface Parts {
  readonly busybox: string;
  readonly modules: string;
  readonly kernel: Kernel;
  readonly project: string;
}

function stageRoot(root: string, paths: readonly string[], parts: Parts): void {
  for (const folder of ["usr/bin", "usr/sbin", "usr/lib", "usr/lib64"]) mkdirSync(join(root, folder), { recursive: true });
  for (const name of ["bin", "sbin", "lib", "lib64"]) symlinkSync(`usr/${name}`, join(root, name));
  for (const name of "dev proc sys run tmp etc root mnt var/lib/cni var/tmp var/run etc/netns strait".split(" ")) {
    mkdirSync(join(root, name), { recursive: true });
  }
  for (const path of paths) copyAs(path, join(root, path));
  copyAs(parts.busybox, join(root, "usr/bin/busybox"));
  copyAs(process.execPath, join(root, "usr/bin/bun"));
  cpSync(parts.modules, join(root, "usr/lib/modules", parts.kernel.release), { recursive: true });
  copyAs(join(GUEST_FOLDER, "root_init.sh"), join(root, "init"));
  Bun.write(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/bin/false\n");
  Bun.write(join(root, "etc/group"), "root:x:0:\nnogroup:x:65534:\n");
  Bun.write(join(root, "etc/hosts"), "127.0.0.1 localhost\n::1 localhost\n");
  copyNodeModules(join(parts.project, "node_modules"), join(root, "strait/node_modules"));
}

function copyNodeModules(from: string, to: string): void {
  cpSync(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => {
      const name = path.slice(from.length + 1).replace(/^\.bun\//, "");
      return name === "" || !HEAVY_PACKAGES.test(name);
    },
  });
}

/** Copies a file or a symbolic link with its mode. A dangling folder link of the host stays out of the guest's way. */
function copyAs(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { verbatimSymlinks: true, dereference: false, preserveTimestamps: true });
}

async function makeDisk(root: string, out: string, options: { readonly signal?: AbortSignal }): Promise<Result<string>> {
  // A sparse file: only what is used takes room on the host. No journal: the disk is thrown away after each run.
  const features = ["-O", "^has_journal,^resize_inode", "-m", "0", "-E", "root_owner=0:0,lazy_itable_init=1"];
  const made = await run(["mke2fs", "-q", "-F", "-t", "ext4", ...features, "-d", root, out, "2G"], options);
  return made.exit === 0 ? ok(out) : refuse(`mke2fs failed: ${made.stderr.trim()} (package e2fsprogs)`);
}

async function makeInitramfs(
  folder: string,
  out: string,
  parts: { readonly busybox: string; readonly modules: string; readonly kernel: Kernel; readonly signal?: AbortSignal },
): Promise<Result<string>> {
  for (const name of ["bin", "dev", "proc", "sys", "system"]) mkdirSync(join(folder, name), { recursive: true });
  copyAs(parts.busybox, join(folder, "bin/busybox"));
  copyAs(join(GUEST_FOLDER, "initramfs_init.sh"), join(folder, "init"));
  const order = loadOrder(readFileSync(join(parts.modules, "modules.dep"), "utf8"), EARLY_MODULES);
  for (const [index, path] of order.entries()) {
    copyAs(join(parts.modules, path), join(folder, "modules", `${String(index).padStart(2, "0")}.ko`));
  }
  const names = (await run(["find", ".", "-print0"], { cwd: folder })).stdout;
  const packed = await run(["cpio", "--null", "--create", "--format=newc", "--owner=0:0", "--quiet", "-F", out], {
    cwd: folder,
    stdin: names,
    ...(parts.signal === undefined ? {} : { signal: parts.signal }),
  });
  return packed.exit === 0 ? ok(out) : refuse(`cpio failed: ${packed.stderr.trim()} (package cpio)`);
}

/**
 * Module files in an order in which plain insmod works: what a module needs comes before it.
 *
 * @param index text of modules.dep: `path: dependency dependency…` a line, dependencies complete
 * @example
 * loadOrder("b.ko: a.ko\na.ko:\n", ["b"]); // ["a.ko", "b.ko"]
 */
export function loadOrder(index: string, names: readonly string[]): string[] {
  const needs = new Map<string, string[]>();
  for (const line of index.split("\n")) {
    const [path, rest] = line.split(":");
    if (path && rest !== undefined) needs.set(path, rest.trim().split(/\s+/).filter(Boolean));
  }
  const order: string[] = [];
  const visit = (path: string): void => {
    if (order.includes(path)) return;
    for (const dependency of needs.get(path) ?? []) visit(dependency);
    order.push(path);
  };
  for (const name of names) {
    const file = [...needs.keys()].find((path) => path.endsWith(`/${name}.ko`) || path === `${name}.ko`);
    if (!file) throw new RangeError(`modules.dep names no ${name}.ko`);
    visit(file);
  }
  return order;
}
