// SPDX-License-Identifier: Apache-2.0
/** The lanes of `./justw test`: which files, what they need of the machine, how long one test may take. */
import { type Needs, requires } from "@strait/testkit";

export interface Lane {
  readonly name: string;
  /** Globs of test files, relative to the root of the repository. */
  readonly files: readonly string[];
  /** Why the lane cannot run on this machine; undefined when it can. */
  readonly obstacle: () => string | undefined;
  /** Limit for one test that sets none itself. */
  readonly timeoutMs: number;
}

const needs = (what: Needs) => () => requires(what);

export const lanes: readonly Lane[] = [
  {
    name: "unit",
    files: ["libs/**/*_test.ts", "apps/**/*_test.ts", "tests/bench/**/*_test.ts"],
    obstacle: needs({}),
    timeoutMs: 30_000,
  },
  {
    name: "repo",
    files: ["tests/repo/**/*_test.ts", "tests/support/**/*_test.ts"],
    obstacle: needs({ commands: ["git"] }),
    timeoutMs: 30_000,
  },
  { name: "bpf", files: ["tests/bpf/**/*_test.ts"], obstacle: needs({ root: true }), timeoutMs: 60_000 },
  { name: "netns", files: ["tests/netns/**/*_test.ts"], obstacle: needs({ root: true, commands: ["ip"] }), timeoutMs: 180_000 },
  {
    name: "vm",
    files: ["tests/vm/**/*_test.ts"],
    obstacle: needs({ commands: ["qemu-system-x86_64"] }),
    timeoutMs: 1_200_000,
  },
];

/** The test files of a lane, sorted. */
export async function filesOf(lane: Lane): Promise<string[]> {
  const found = await Promise.all(lane.files.map((glob) => Array.fromAsync(new Bun.Glob(glob).scan("."))));
  return found
    .flat()
    .filter((path) => !path.includes("node_modules/"))
    .sort();
}
