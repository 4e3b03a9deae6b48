// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { run } from "../command.ts";

/** The device files a container finds in /dev. */
const DEVICES = ["null", "zero", "full", "random", "urandom", "tty"].map((name) => `/dev/${name}`);

/**
 * Makes the tmpfs from which the containers of a node get their /run and /dev, and which takes what they change in folders of
 * this machine. Does nothing where an earlier stand-in made it.
 */
export async function makeNodeRoot(root: string): Promise<void> {
  if (existsSync(`${root}/overlay`)) return;
  mkdirSync(root, { recursive: true });
  await run(["mount", "-t", "tmpfs", "-o", "mode=755", "strait-lab", root]);
  for (const folder of ["run", "dev/shm"]) mkdirSync(`${root}/${folder}`, { recursive: true });
  await run(["cp", "-a", ...DEVICES, `${root}/dev/`]);
  for (const [name, target] of [
    ["fd", "/proc/self/fd"],
    ["stdin", "fd/0"],
    ["stdout", "fd/1"],
    ["stderr", "fd/2"],
  ] as const) {
    await run(["ln", "-s", target, `${root}/dev/${name}`]);
  }
  writeFileSync(`${root}/dev/termination-log`, "");
  mkdirSync(`${root}/overlay`);
}
