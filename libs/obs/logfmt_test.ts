// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { logfmt } from "./logfmt.ts";

test("logfmt leaves plain values bare and quotes the others", () => {
  expect(logfmt({ a: 1, b: "x/y:z", c: "two words", d: "", e: "k=v" })).toBe('a=1 b=x/y:z c="two words" d="" e="k=v"');
});

test("logfmt leaves undefined fields out and prints null, bigint and false", () => {
  expect(logfmt({ a: undefined, b: null, c: 5n, d: false })).toBe("b=null c=5 d=false");
});

test("logfmt cannot be made to forge a line or a field", () => {
  const line = logfmt({ reason: 'x"\nlevel=error msg="owned' });
  expect(line).not.toContain("\n");
  expect(line).toBe('reason="x\\"\\nlevel=error msg=\\"owned"');
  expect(logfmt({ "a b\nc": 1 })).toBe("a_b_c=1");
});

test("logfmt escapes what a terminal would obey or hide", () => {
  expect(logfmt({ x: "\u001b[31m\u202e\u2028" })).toBe('x="\\u{1b}[31m\\u{202e}\\u{2028}"');
});

test("logfmt prints an error as its message, a date as ISO and an object as JSON", () => {
  expect(logfmt({ error: new Error("no device"), at: new Date(0), o: { n: 1n } })).toBe(
    'error="no device" at=1970-01-01T00:00:00.000Z o="{\\"n\\":\\"1\\"}"',
  );
});
