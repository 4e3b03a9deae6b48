// SPDX-License-Identifier: Apache-2.0
/** Finding and running the C tools. */

/** The pinned major version: what the committed verifier counts and the C format were made with. */
const pinned = 19;

/**
 * The path of a clang tool: the pinned version where it is installed, else the newest there is.
 *
 * @throws Error when there is none, saying what to install.
 */
export async function newestClangTool(tool: "clang" | "clang-format"): Promise<string> {
  const exact = Bun.which(`${tool}-${pinned}`);
  if (exact) return exact;
  for (let version = 40; version >= 14; version--) {
    const path = Bun.which(`${tool}-${version}`);
    if (path) return path;
  }
  const plain = Bun.which(tool);
  if (plain) return plain;
  throw new Error(`${tool} is not installed: ./justw build installs it, or apt-get install ${tool}-${pinned}`);
}

/** The C compiler for BPF programs. */
export const newestClang = () => newestClangTool("clang");

/**
 * Runs a command and returns its stdout.
 *
 * @throws Error with the whole command and its stderr when it fails.
 */
export async function run(command: readonly string[]): Promise<string> {
  const child = Bun.spawn([...command], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`${command.join(" ")}\n${stdout}${stderr}`);
  if (stderr !== "") console.error(stderr.trimEnd());
  return stdout;
}
