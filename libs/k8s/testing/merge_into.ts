// SPDX-License-Identifier: Apache-2.0

/** A JSON merge patch applied (RFC 7396). */
export function mergeInto(live: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const whole: Record<string, unknown> = typeof live === "object" && live !== null && !Array.isArray(live) ? { ...live } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete whole[key];
    else whole[key] = mergeInto(whole[key], value);
  }
  return whole;
}
