// SPDX-License-Identifier: Apache-2.0
/**
 * Skips that say why. The test runner prints the reason, counts the skip, and fails on it where CI=true.
 *
 * @example
 * ```ts
 * const privileged = requires({ root: true, commands: ["ip"] });
 * testIf(privileged)("a veth pair can be made", () => { ... });
 * ```
 */
import { test } from "bun:test";

/** What a test needs of the machine. */
export interface Needs {
  /** Effective user 0. */
  readonly root?: boolean;
  /** Programs that must be on PATH. */
  readonly commands?: readonly string[];
  /** Shared libraries or other built files that must exist, relative to the root of the repository. */
  readonly files?: readonly string[];
}

/** The one-line reason why the needs are not met, or undefined when they are. */
export function requires(needs: Needs): string | undefined {
  if (needs.root && process.geteuid?.() !== 0) return "needs root";
  const command = needs.commands?.find((name) => Bun.which(name) === null);
  if (command !== undefined) return `needs the program ${command}`;
  const file = needs.files?.find((path) => Bun.file(path).size === 0);
  if (file !== undefined) return `needs ${file}: run ./justw build`;
  return undefined;
}

/** The part of a skipped test's name that holds its reason. */
export const skipMark = (reason: string) => ` [skip: ${reason}]`;

type Body = () => void;

/** `test` when there is no reason against it; otherwise a skipped test whose name carries the reason. */
export function testIf(reason: string | undefined): (name: string, body: Body, timeoutMs?: number) => void {
  if (reason === undefined) return (name, body, timeoutMs) => test(name, body, timeoutMs);
  return (name, body, timeoutMs) => test.skip(name + skipMark(reason), body, timeoutMs);
}
