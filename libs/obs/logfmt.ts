// SPDX-License-Identifier: Apache-2.0

// Control characters would forge lines; bidirectional and line separators would forge what a person sees.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const PLAIN = /^[^\s"=\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+$/u;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function hexEscape(character: string): string {
  return SHORT[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function text(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Error) return value.message;
  if (typeof value === "object" && value !== null) {
    return JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? inner.toString() : inner));
  }
  return String(value);
}

function quote(value: string): string {
  if (PLAIN.test(value)) return value;
  return `"${value.replace(/[\\"]/g, "\\$&").replace(HIDDEN, hexEscape)}"`;
}

/**
 * One logfmt line without its newline: `key=value key="va lue"`, in the order of the fields. Undefined fields are left out.
 * A value never breaks out of its field: quotes, control and invisible characters are escaped.
 *
 * @example
 * logfmt({ level: "warn", reason: 'no "gw1"' }) // level=warn reason="no \"gw1\""
 */
export function logfmt(fields: Readonly<Record<string, unknown>>): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) parts.push(`${key.replace(/[^\w.-]/g, "_")}=${quote(text(value))}`);
  }
  return parts.join(" ");
}
