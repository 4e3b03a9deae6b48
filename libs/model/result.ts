// SPDX-License-Identifier: Apache-2.0

/** An expected "no": one sentence for a person, saying what to change. */
export interface Refusal {
  readonly ok: false;
  readonly reason: string;
}

/**
 * An outcome that may be refused: data, never an exception.
 *
 * @example
 * const parsed = parseAddress(text);
 * if (!parsed.ok) return parsed;
 * use(parsed.value);
 */
export type Result<T> = { readonly ok: true; readonly value: T } | Refusal;

/** Wraps a value as a success. Example: `ok(3).value === 3`. */
export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** A refusal with its reason. Example: `refuse("port 0 is out of range: use 1 to 65535")`. */
export function refuse(reason: string): Refusal {
  return { ok: false, reason };
}

/** The value, or a TypeError with the reason: for literals, where a refusal is the programmer's mistake. */
export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new TypeError(result.reason);
  return result.value;
}
