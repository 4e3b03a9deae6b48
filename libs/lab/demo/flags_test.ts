// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { readFlags } from "./flags.ts";

test("the demo's flags are read", () => {
  expect(readFlags([])).toMatchObject({ standalone: false, kube: false, json: false, keep: false, joined: "strait" });
  expect(readFlags(["--kube", "--json", "--keep"])).toMatchObject({ kube: true, json: true, keep: true });
  expect(readFlags(["--standalone", "--with", "plain"])).toMatchObject({ standalone: true, joined: "plain" });
  expect(readFlags(["--down", "abc"])).toMatchObject({ down: "abc" });
});

test.each(["--help", "--with plain", "--standalone --with pigeons", "--kube --standalone", "--what"])(
  "the demo refuses %s",
  (line) => {
    expect(readFlags(line.split(" "))).toBeUndefined();
  },
);
