// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { output, run } from "@strait/lab";

const ROOT = new URL("../../../../", import.meta.url).pathname;

/** What is upgraded from while there is no tag: the commit before real clusters were taken on. */
const FIRST = "ece985b6d47cef7fdb1a96d46aa82d8d260e65a9";

/** An earlier Strait, built from its own commit with its own packages, in a work tree of its own. */
export interface EarlierVersion {
  readonly commit: string;
  /** Its image as an archive. */
  readonly tar: string;
  /** The name that the image has there. */
  readonly image: string;
  /** Its `strait` command. */
  readonly command: readonly string[];
}

/** The version before this one: STRAIT_BEFORE (a commit or a tag), else the newest tag before HEAD, else FIRST. */
async function nameOfIt(): Promise<string> {
  const named = process.env["STRAIT_BEFORE"];
  if (named) return named;
  const tagged = await output(["git", "describe", "--tags", "--abbrev=0", "HEAD^"], { cwd: ROOT });
  return tagged.code === 0 ? tagged.stdout.trim() : FIRST;
}

/** Why there is no earlier version to be had here; undefined where there is. */
export async function earlierObstacle(): Promise<string | undefined> {
  const name = await nameOfIt();
  const { code } = await output(["git", "cat-file", "-e", `${name}^{commit}`], { cwd: ROOT });
  return code === 0 ? undefined : `the commit of the earlier version, ${name}, is not in this clone: fetch the whole history`;
}

/**
 * Builds the earlier version once per commit, below .tools: a clone, its packages, its programs, its image.
 *
 * @example
 * const earlier = await earlierVersion();
 * await run([...earlier.command, "join", "broker-info.subm", "--version", "before"]);
 */
export async function earlierVersion(): Promise<EarlierVersion> {
  const name = await nameOfIt();
  const commit = (await run(["git", "rev-parse", `${name}^{commit}`], { cwd: ROOT })).trim();
  const image = "localhost/strait:before";
  const folder = join(ROOT, ".tools/earlier", commit);
  if (!existsSync(folder)) {
    const fresh = `${folder}.${process.pid}`;
    mkdirSync(join(ROOT, ".tools/earlier"), { recursive: true });
    try {
      const bun = [process.execPath, "run"];
      await run(["git", "clone", "--quiet", "--shared", "--no-checkout", ROOT, fresh]);
      await run(["git", "checkout", "--quiet", "--detach", commit], { cwd: fresh });
      await run([process.execPath, "install", "--frozen-lockfile", "--silent"], { cwd: fresh });
      await run([...bun, "tools/build.ts"], { cwd: fresh });
      await run([...bun, "tools/image/build_image.ts", "--native", "--name", image], { cwd: fresh });
      renameSync(fresh, folder);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  }
  return {
    commit,
    image,
    tar: join(folder, "build/image/strait.tar"),
    command: [process.execPath, "run", join(folder, "apps/cli/main.ts")],
  };
}
