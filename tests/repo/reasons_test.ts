// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { reasonNames } from "@strait/codec";
import { reasonsAreExplained } from "./reasons.ts";
import { sourceFiles } from "./source_files.ts";

test("every reason for which a packet is let go is explained to users", async () => {
  expect(reasonsAreExplained(await sourceFiles())).toEqual([]);
});

test("reasonsAreExplained catches a missing row, an empty one, a second one and one that is no reason", () => {
  const row = (name: string) => `| \`${name}\` | means | do |`;
  const [first = "", second = "", third = "", ...rest] = reasonNames;
  const lines = [row(second), `| \`${third}\` | means | |`, ...rest.map(row), row(rest[0] ?? ""), row("drop_luck")];
  const bad = [{ path: "docs/troubleshooting.md", text: lines.join("\n") }];
  expect(reasonsAreExplained(bad).map(({ message }) => message)).toEqual([
    `has 0 rows for the reason ${first}, not one`,
    `has 0 rows for the reason ${third}, not one`,
    `has 2 rows for the reason ${rest[0]}, not one`,
    "drop_luck is no reason",
  ]);
});
