// SPDX-License-Identifier: Apache-2.0
import { enums } from "./layouts.gen.ts";

/** Why a program let go of a packet: enum strait_reason in lower case, without STRAIT_. */
export type ReasonName = Exclude<keyof typeof enums.strait_reason, "reason_max">;

/** Which program let go of it: enum strait_hook. */
export type HookName = keyof typeof enums.strait_hook;

/** The name of a number of an enum, or undefined. Example: `nameOf(enums.strait_role, 2)` is "cable". */
export function nameOf<const E extends { readonly [name: string]: number }>(names: E, value: number): keyof E | undefined {
  for (const name in names) if (names[name] === value) return name;
  return undefined;
}

const { reason_max, ...reasons } = enums.strait_reason;

/** Reason names by number: the index into strait_reasons. */
export const reasonNames: readonly ReasonName[] = Array.from({ length: reason_max }, (_, i) => {
  const name = nameOf(reasons, i);
  if (name === undefined) throw new TypeError(`enum strait_reason has no name for ${i}`);
  return name;
});

/** Whether packets of that reason went no further. Example: `isDrop("drop_no_lane")`. */
export function isDrop(reason: ReasonName): boolean {
  return reason.startsWith("drop_");
}
