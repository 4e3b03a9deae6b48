// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { benchPages } from "../bench/support/pages.ts";

test("pages that show a run show the committed one: ./justw bench page", async () => {
  const pages = await benchPages();
  expect(pages.map(({ path }) => path)).toContain("docs/benchmarks.md");
  for (const { text, current } of pages) expect(text).toBe(current);
});
