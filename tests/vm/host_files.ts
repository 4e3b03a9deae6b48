// SPDX-License-Identifier: Apache-2.0
/**
 * The programs of the host that the guest borrows, with every library they load.
 *
 * The guest runs the same user space as the host, only under an older kernel: what differs in a result is the kernel.
 *
 * @module
 */
import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { compilerFiles } from "./compiler_files.ts";
import { run } from "./run.ts";

/** What was found. All paths are absolute and normal: no folder in them is a symbolic link. */
export interface HostFiles {
  /** Files and symbolic links to copy, sorted. */
  readonly paths: readonly string[];
  /** Programs asked for that the host does not have. */
  readonly missing: readonly string[];
}

/** Programs the suites call; busybox stands in for what is not listed. */
export const PROGRAMS: readonly string[] = [
  ..."bash sh env cat cp mv rm ls ln mkdir rmdir mktemp touch chmod chown head tail tee tr sort uniq wc cut dd stat timeout true".split(
    " ",
  ),
  ..."false sleep sha256sum date id uname readlink realpath sed grep awk find xargs ps kill pgrep getent ldconfig".split(" "),
  ..."mount umount unshare nsenter sysctl flock setpriv prlimit taskset dmesg findmnt mountpoint".split(" "),
  ..."ip tc bridge ss nft iptables ip6tables iptables-save ip6tables-save ethtool ping tcpdump iperf3 bpftool".split(" "),
];

/** Programs without which the netns suite cannot run. */
export const REQUIRED: readonly string[] = ["bash", "ip", "tc", "nft", "iptables", "ethtool", "ping"];

/** Folders copied whole: plug-ins found at run time, tables of names, the CNI plugins. */
const FOLDERS: readonly string[] = [
  "/usr/lib/cni",
  "/usr/lib/x86_64-linux-gnu/xtables",
  "/usr/lib/aarch64-linux-gnu/xtables",
  "/etc/iproute2",
  "/usr/share/iproute2",
  "/usr/lib/iproute2",
];

const FILES: readonly string[] = ["/etc/protocols", "/etc/services", "/etc/nsswitch.conf", "/etc/ethertypes"];

/** What surely is no program and no library: ldd need not look at it. */
const DATA = /^\/etc\/|^\/usr\/include\/|\.(?:[aho]|pc)$/;

const SEARCH: readonly string[] = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/**
 * Collects `programs`, the run-time folders and the libraries all of them and `extra` files need.
 *
 * @param extra absolute paths of further executables or shared objects whose libraries are wanted (they are not copied themselves)
 * @example
 * const { paths, missing } = await collectHostFiles(["ip", "nft"], { extra: [process.execPath] });
 */
export async function collectHostFiles(
  programs: readonly string[],
  options: { readonly extra?: readonly string[]; readonly signal?: AbortSignal } = {},
): Promise<HostFiles> {
  const found = new Set<string>();
  const missing: string[] = [];
  const compilers = await compilerFiles(options);
  for (const program of [...programs, ...compilers.programs]) {
    const path = SEARCH.map((folder) => join(folder, program)).find((candidate) => existsSync(candidate));
    if (path) addWithTarget(path, found);
    else missing.push(program);
  }
  for (const folder of FOLDERS) if (existsSync(folder)) addFolder(folder, found);
  for (const file of [...FILES, ...compilers.files]) if (existsSync(file)) addWithTarget(file, found);
  const binaries = [...found].filter((path) => lstatSync(path).isFile() && !DATA.test(path));
  // One call for all files: ldd prints nothing useful, and exits with 1, for those that are scripts or static.
  const listing = await run(["ldd", ...binaries, ...(options.extra ?? [])], options.signal ? { signal: options.signal } : {});
  for (const [, library] of listing.stdout.matchAll(/(\/\S+) \(0x[0-9a-f]+\)/g)) if (library) addWithTarget(library, found);
  return { paths: [...found].sort(), missing };
}

/** A path whose folders are real, so that /bin/ip and /usr/bin/ip are one file. */
function normal(path: string): string {
  return join(realpathSync(dirname(path)), basename(path));
}

function addWithTarget(path: string, found: Set<string>): void {
  const here = normal(path);
  if (found.has(here)) return;
  found.add(here);
  if (lstatSync(here).isSymbolicLink()) {
    const target = resolve(dirname(here), readlinkSync(here));
    if (existsSync(target)) addWithTarget(target, found);
  }
}

function addFolder(folder: string, found: Set<string>): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) addFolder(path, found);
    else if (existsSync(path)) addWithTarget(path, found);
  }
}
