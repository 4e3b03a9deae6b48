// SPDX-License-Identifier: Apache-2.0
import { describe, test } from "bun:test";

/** The end of a skipped test's or group's name: the runner prints it and refuses a skip without one. */
export const skipMark = (reason: string): string => ` [skip: ${reason}]`;

/**
 * `test` when there is no reason against it; otherwise a test that is skipped, counted, and says why in its name.
 *
 * @example
 * ```ts
 * const unfit = requires({ root: true });
 * testIf(unfit)("a veth pair can be made", () => { ... });
 * ```
 */
export function testIf(reason: string | undefined): (name: string, body: () => void, timeoutMs?: number) => void {
  if (reason === undefined) return (name, body, timeoutMs) => test(name, body, timeoutMs);
  return (name, body, timeoutMs) => test.skip(name + skipMark(reason), body, timeoutMs);
}

/**
 * `describe` when there is no reason against it; otherwise one skipped test that stands for the whole group.
 * The body is not called then, so it may prepare what the machine lacks.
 */
export function describeIf(reason: string | undefined): (name: string, body: () => void) => void {
  if (reason === undefined) return (name, body) => describe(name, body);
  return (name) => test.skip(name + skipMark(reason), () => {});
}
