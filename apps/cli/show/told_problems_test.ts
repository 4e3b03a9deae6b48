// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { sentence, type ToldProblem } from "./told_problems.ts";

const problem = "no route leads there";

test.each<[what: string, told: ToldProblem, wanted: string]>([
  ["one node", { what: "gateway", nodes: ["gw1"], problem }, `gateway gw1: ${problem}`],
  ["five", { what: "node agent", nodes: ["a", "b", "c", "d", "e"], problem }, `node agent a, b, c, d, e: ${problem}`],
  [
    "more than can be read",
    { what: "node agent", nodes: Array.from({ length: 5000 }, (_, i) => `n${i}`), problem },
    `node agent n0, n1, n2, n3, n4 and 4995 others: ${problem}`,
  ],
])("sentence names %s", (_, told, wanted) => {
  expect(sentence(told)).toBe(wanted);
});
