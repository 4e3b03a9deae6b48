// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { type InformerState, NOTHING_READ } from "@strait/k8s";
import { awayReason } from "./away_reason.ts";

test.each<[string, InformerState, string | undefined]>([
  ["is none where it is followed", { synced: true }, undefined],
  ["is none before it was asked for", { synced: false, reason: NOTHING_READ }, undefined],
  ["is what the server said, read before or not", { synced: true, reason: "no leader" }, "no leader"],
  ["is what kept it from being read at all", { synced: false, reason: "connection refused" }, "connection refused"],
])("the reason why a list is away %s", (_name, state, expected) => {
  expect(awayReason({ state })).toBe(expected);
});
