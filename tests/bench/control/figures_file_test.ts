// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { figure } from "./figures.ts";
import { figuresPage, formatFigures } from "./figures_file.ts";

const machine = { kernel: "6.1.0", cpus: 2, model: "a processor", memory: 8, date: "2026-01-02T03:04:05.000Z" };
const figures = [
  figure("pods, light: p99", 80, "ms", 100),
  figure("pods, real: p99", 900, "ms", 100),
  figure("demo: app: memory", 64, "MiB", 60),
  figure("demo: app: rows", 3, "rows"),
];

test("a page shows what has the same figures side by side, and says which targets are met", () => {
  expect(figuresPage({ machine, commit: "abc1234", figures })).toBe(
    [
      "Linux 6.1.0, 2 × a processor, 8 GB, 2026-01-02, commit abc1234. **1 of 3 targets met**.",
      "",
      "|  | unit | pods, light | pods, real |",
      "|---|---|---|---|",
      "| p99 | ms | 80 ✓ | 900 ✗ ≤100 |",
      "",
      "|  | unit | demo |",
      "|---|---|---|",
      "| app: memory | MiB | 64 ✗ ≤60 |",
      "| app: rows | rows | 3 |",
      "",
      "",
    ].join("\n"),
  );
});

test("a result file is JSON with a line for each figure", () => {
  const text = formatFigures({ machine, commit: "abc1234", figures });
  expect(JSON.parse(text)).toEqual({ machine, commit: "abc1234", figures });
  expect(text.split("\n").filter((line) => line.includes('"value"'))).toHaveLength(figures.length);
});
