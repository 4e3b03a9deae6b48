// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { laterLayout, refuseLaterLayout } from "./later_layout.ts";
import { SetupError } from "./setup_error.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "st-layout-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function put(...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    if (path.endsWith("/")) mkdirSync(join(dir, path), { recursive: true });
    else writeFileSync(join(dir, path), "");
  }
}

test.each<[string, readonly string[], string | undefined]>([
  ["nothing", [], undefined],
  ["our own layout", ["v1/strait_hops"], undefined],
  ["an earlier one", ["v0/strait_hops", "v1/strait_hops"], undefined],
  ["a later folder without maps", ["v1/strait_hops", "v2/links/"], undefined],
  ["a folder of another name", ["v2x/strait_hops", "later/strait_hops", "v/strait_hops"], undefined],
  ["a later one", ["v1/strait_hops", "v2/strait_hops"], "v2"],
  ["a later one alone", ["v2/strait_anything"], "v2"],
  ["several later ones, as numbers", ["v9/strait_hops", "v10/strait_hops"], "v10"],
  ["several, of which the latest is empty", ["v2/strait_hops", "v3/links/"], "v2"],
])("laterLayout of %s", (_, paths, layout) => {
  put(...paths);
  expect(laterLayout(dir)?.layout).toBe(layout);
});

test("laterLayout of a node that never had us is none", () => {
  expect(laterLayout(join(dir, "nothing"))).toBeUndefined();
});

test("refuseLaterLayout says what it found, which version to run and how to begin anew", () => {
  put("v2/strait_hops", "v2/made_by/0_3_0-rc_1/");
  expect(() => refuseLaterLayout(dir)).toThrow(SetupError);
  expect(() => refuseLaterLayout(dir)).toThrow(
    `${dir}/v2 holds maps of layout v2, pinned by Strait 0.3.0-rc.1, and this version knows layout v1 only: run Strait 0.3.0-rc.1 or a later one on this node, or take Strait off it first (strait uninstall for the cluster, strait routeagent --uninstall for a node); what is there goes on forwarding, untouched`,
  );
});

test("refuseLaterLayout of a version that left no mark names it without a number", () => {
  put("v2/strait_hops");
  expect(() => refuseLaterLayout(dir)).toThrow(
    "pinned by a later Strait, and this version knows layout v1 only: run the version",
  );
});

test("refuseLaterLayout lets our own layout be", () => {
  put("v1/strait_hops");
  expect(() => refuseLaterLayout(dir)).not.toThrow();
});
