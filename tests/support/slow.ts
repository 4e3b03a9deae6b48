// SPDX-License-Identifier: Apache-2.0

/** True under emulation (the vm lane), where everything takes ten to twenty times as long. */
export const slow = process.env["STRAIT_SLOW"] === "1";

/** A time limit in milliseconds, longer where the machine is slow. It bounds a wait for a condition; no test asserts on time. */
export function patience(milliseconds: number): number {
  return slow ? milliseconds * 12 : milliseconds;
}

/** An amount of work, an eighth of it where the machine is slow. */
export function amount(count: number): number {
  return slow ? Math.ceil(count / 8) : count;
}
