// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { JsonLines, LineTooLong } from "./json_lines.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("JSON lines come out the same however the bytes are cut", () => {
  const text = '{"a":1}\n\n{"ü":"€ and 𝄞"}\n[3]\n';
  const whole = bytes(text);
  for (let size = 1; size <= whole.length; size++) {
    const lines = new JsonLines(1000);
    const values: unknown[] = [];
    for (let at = 0; at < whole.length; at += size) values.push(...lines.push(whole.slice(at, at + size)));
    expect(values).toEqual([{ a: 1 }, { ü: "€ and 𝄞" }, [3]]);
    expect(lines.unfinished).toBe(false);
  }
});

test("JSON lines tell that the stream stopped inside a line", () => {
  const lines = new JsonLines(1000);
  expect(lines.push(bytes('{"a":'))).toEqual([]);
  expect(lines.unfinished).toBe(true);
});

test("JSON lines refuse a line that does not end, and one that is too long in one piece", () => {
  const endless = new JsonLines(10);
  endless.push(bytes("12345678"));
  expect(() => endless.push(bytes("90123"))).toThrow(LineTooLong);
  expect(() => new JsonLines(10).push(bytes(`"${"x".repeat(20)}"\n`))).toThrow(LineTooLong);
  expect(new JsonLines(10).push(bytes('"12345678"\n"1"\n'))).toEqual(["12345678", "1"]);
});

test("JSON lines refuse what is no JSON", () => {
  expect(() => new JsonLines(100).push(bytes("<html>\n"))).toThrow(SyntaxError);
});

test("JSON lines do not hold on to the memory of a chunk that the stream uses again", () => {
  const lines = new JsonLines(100);
  const chunk = bytes('{"a":1');
  lines.push(chunk);
  chunk.fill(0);
  expect(lines.push(bytes("}\n"))).toEqual([{ a: 1 }]);
});
