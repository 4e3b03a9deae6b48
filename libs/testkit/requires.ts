// SPDX-License-Identifier: Apache-2.0

/** What a test needs of the machine. */
export interface Needs {
  /** Effective user 0. */
  readonly root?: boolean;
  /** Programs that must be on PATH. */
  readonly commands?: readonly string[];
  /** Files that must exist, absolute or relative to the root of the repository. */
  readonly files?: readonly string[];
}

/**
 * The one-line reason why the machine does not have what a test needs, or undefined when it does.
 *
 * @example
 * ```ts
 * describeIf(requires({ root: true, commands: ["ip"] }))("a bridge", () => { ... });
 * ```
 */
export function requires(needs: Needs): string | undefined {
  if (needs.root && process.geteuid?.() !== 0) return "needs root";
  const command = needs.commands?.find((name) => Bun.which(name) === null);
  if (command !== undefined) return `needs the program ${command}`;
  const file = needs.files?.find((path) => Bun.file(path).size === 0);
  return file === undefined ? undefined : `needs the file ${file}`;
}
