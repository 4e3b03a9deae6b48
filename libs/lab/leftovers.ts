// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync, readlinkSync, rmdirSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { outputSync } from "./command.ts";
import { checkLabId, disksOf, labDir, namespacePrefix } from "./lab_id.ts";
import { NETNS_DIR } from "./namespace.ts";
import { controlGroups, removeControlGroups } from "./real_node/control_groups.ts";
import { controlGroup } from "./real_node/real_node_config.ts";

/** What of a lab is still there. All empty: nothing. */
export interface Leftovers {
  readonly namespaces: readonly string[];
  readonly processes: readonly number[];
  readonly mounts: readonly string[];
  readonly directories: readonly string[];
}

/** Looks for anything lab `id` has taken: named namespaces, processes in them, mounts and files below its directory. */
export function findLeftovers(id: string): Leftovers {
  const prefix = namespacePrefix(checkLabId(id));
  const dirs = [labDir(id), disksOf(id)];
  const namespaces = existsSync(NETNS_DIR) ? readdirSync(NETNS_DIR).filter((name) => name.startsWith(prefix)) : [];
  return {
    namespaces,
    processes: processesIn(namespaces),
    mounts: dirs.flatMap(mountsBelow),
    directories: [...dirs.filter((dir) => existsSync(dir)), ...controlGroups(controlGroup(`${id}-`))],
  };
}

/**
 * Removes whatever lab `id` has taken, whether a living lab, one left up on purpose or a crashed run; touches no other lab.
 * Blocking, so that signal and exit handlers can use it. Returns what is left afterwards: all empty unless the kernel refused.
 *
 * @example
 * removeLab("1a2b0");
 */
export function removeLab(id: string): Leftovers {
  const { namespaces, mounts } = findLeftovers(id);
  endProcesses(namespaces);
  // The deepest mount goes first. A process that just died may hold one for a moment longer: detach lazily.
  for (const mount of mounts.toReversed()) outputSync(["umount", "-l", mount]);
  if (namespaces.length > 0) {
    outputSync(["ip", "-force", "-batch", "-"], `${namespaces.map((name) => `netns del ${name}`).join("\n")}\n`);
  }
  removeControlGroups(controlGroups(controlGroup(`${id}-`)));
  for (const dir of [labDir(id), disksOf(id)]) {
    removeFolder(dir);
    try {
      rmdirSync(dirname(dir)); // only succeeds when no other lab is there
    } catch {}
  }
  return findLeftovers(id);
}

/** Ends all processes in these namespaces; those too that one of them started while it was being ended. */
function endProcesses(namespaces: readonly string[]): void {
  const deadline = Date.now() + 10_000;
  for (let found = processesIn(namespaces); found.length > 0; found = processesIn(namespaces)) {
    if (Date.now() > deadline) return;
    for (const pid of found) kill(pid);
    waitGone(found);
  }
}

/** Containers that die with their node may still write while it is removed: what they add is removed the next time round. */
function removeFolder(dir: string): void {
  const deadline = Date.now() + 5_000;
  for (;;) {
    try {
      rmSync(dir, { recursive: true, force: true });
    } catch {} // not empty again
    if (!existsSync(dir) || Date.now() > deadline) return;
    Bun.sleepSync(10);
  }
}

/** True where nothing is left. */
export function nothingLeft(leftovers: Leftovers): boolean {
  return Object.values(leftovers).every((found) => found.length === 0);
}

function processesIn(namespaces: readonly string[]): number[] {
  const links = new Set<string>();
  for (const name of namespaces) {
    try {
      links.add(`net:[${statSync(`${NETNS_DIR}/${name}`).ino}]`);
    } catch {}
  }
  if (links.size === 0) return [];
  const found: number[] = [];
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      if (links.has(readlinkSync(`/proc/${entry}/ns/net`))) found.push(Number(entry));
    } catch {} // gone meanwhile, or a zombie
  }
  return found;
}

function mountsBelow(dir: string): string[] {
  const points = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "");
  return points.filter((point) => point.startsWith(`${dir}/`));
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {}
}

/** A killed process keeps its namespace until it is gone; a zombie no longer does. */
function waitGone(pids: readonly number[]): void {
  const deadline = Date.now() + 5_000;
  while (Date.now() < deadline && pids.some(isRunning)) Bun.sleepSync(2);
}

function isRunning(pid: number): boolean {
  try {
    readlinkSync(`/proc/${pid}/ns/net`);
    return true;
  } catch {
    return false;
  }
}
