// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Log } from "@strait/obs";
import { GatewayMemory } from "./gateway_memory.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "st-memory-"));
  file = join(folder, "gateway.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An agent after a pass on a node that takes this part. */
function scene() {
  let applied: unknown;
  const state = {
    get applied() {
      return applied;
    },
  };
  const log = new Log({ fields: {}, write: () => {} });
  const context = { env: { STRAIT_STATE_DIR: folder }, state, log } as unknown as ConstructorParameters<typeof GatewayMemory>[0];
  const memory = new GatewayMemory(context);
  return {
    memory,
    pass(node: { gateway: boolean; standby?: boolean; left?: boolean }, kept = true) {
      applied = { file: { node: "n1", nodes: [{ name: "n1", addresses: [], subnets: [], ...node }] } };
      if (kept) writeFileSync(file, "{}");
      memory.applied();
      return existsSync(file);
    },
  };
}

test.each([
  ["stays while the node is a gateway", { gateway: true }, true],
  ["stays while the node is one on standby", { gateway: true, standby: true }, true],
  ["goes once the gateway has left", { gateway: true, standby: true, left: true }, false],
  ["goes once the node is a worker", { gateway: false }, false],
])("GatewayMemory: what a gateway kept %s", (_, node, stays) => {
  expect(scene().pass(node)).toBe(stays);
});

test("GatewayMemory looks again only where the node's part changed: another's passes cost nothing", () => {
  const { pass } = scene();
  expect(pass({ gateway: false })).toBe(false);
  expect(pass({ gateway: false })).toBe(true);
  expect(pass({ gateway: true })).toBe(true);
  expect(pass({ gateway: true, left: true })).toBe(false);
});

test("GatewayMemory does nothing before the first pass", () => {
  const { memory } = scene();
  writeFileSync(file, "{}");
  memory.applied();
  expect(existsSync(file)).toBe(true);
});

test("GatewayMemory tells what it cannot remove, and tries again after the next pass", () => {
  const { memory, pass } = scene();
  // rm(2) of a file does not remove a folder.
  mkdirSync(file);
  expect(pass({ gateway: false }, false)).toBe(true);
  expect(memory.problems()).toMatchObject([{ object: "gateway memory", reason: expect.stringContaining("cannot be removed") }]);
  rmdirSync(file);
  expect(pass({ gateway: false })).toBe(false);
  expect(memory.problems()).toEqual([]);
});
