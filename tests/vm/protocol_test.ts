// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { LineReader } from "./protocol.ts";

describe("LineReader", () => {
  test("puts lines together that come in pieces, also through the middle of a character", () => {
    const bytes = new TextEncoder().encode("grün\nzweite\n\nrest");
    for (let cut = 0; cut <= bytes.length; cut++) {
      const lines = new LineReader();
      expect([...lines.push(bytes.subarray(0, cut)), ...lines.push(bytes.subarray(cut))]).toEqual(["grün", "zweite", ""]);
      expect(lines.push(new TextEncoder().encode("\n"))).toEqual(["rest"]);
    }
  });
});
