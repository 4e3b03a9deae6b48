// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { formatTable } from "./table.ts";

test("formatTable pads each column to its widest cell and leaves no blanks at the end of a line", () => {
  expect(
    formatTable(
      ["GATEWAY", "STATUS"],
      [
        ["gw1", "connected"],
        ["gateway-with-a-name", "error"],
      ],
    ),
  ).toBe("GATEWAY               STATUS\ngw1                   connected\ngateway-with-a-name   error\n");
});

test("formatTable prints heads alone where there are no rows", () => {
  expect(formatTable(["NODE", "HA STATUS"], [])).toBe("NODE   HA STATUS\n");
});
