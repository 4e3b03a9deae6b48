// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, rmdirSync } from "node:fs";

const HIERARCHIES = "/sys/fs/cgroup";
/** How long the kernel may take to empty the groups of processes that were just killed, in milliseconds. */
const PATIENCE = 5_000;

/** Top-level control groups of every hierarchy whose name begins with `prefix`. */
export function controlGroups(prefix: string): string[] {
  return folders(HIERARCHIES).flatMap((hierarchy) =>
    folders(hierarchy).filter((group) => group.slice(hierarchy.length + 1).startsWith(prefix)),
  );
}

/** Removes control groups with all groups below them. Blocking, so that exit handlers can use it. Gives those that stay. */
export function removeControlGroups(groups: readonly string[]): string[] {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    for (const group of groups.flatMap(withChildren)) {
      try {
        rmdirSync(group);
      } catch {} // not empty yet
    }
    const left = groups.filter((group) => existsSync(group));
    if (left.length === 0 || Date.now() > deadline) return left;
    Bun.sleepSync(10);
  }
}

/** A group and all below it, the deepest first. */
function withChildren(group: string): string[] {
  return existsSync(group) ? [...folders(group).flatMap(withChildren), group] : [];
}

function folders(path: string): string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => `${path}/${entry.name}`);
  } catch {
    return []; // gone meanwhile
  }
}
