// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { address } from "@strait/model";
import { nodeProblems } from "./node_problems.ts";
import { clusterFile } from "./testing/cluster_file.ts";
import { nodeFacts } from "./testing/fake_dataplane.ts";

test("nodeProblems has nothing to say where config and node agree", () => {
  expect(nodeProblems(clusterFile(), nodeFacts())).toEqual([]);
  expect(nodeProblems(clusterFile({ uplinks: ["eth0"] }), nodeFacts())).toEqual([]);
});

test("nodeProblems names each uplink of the config that is not there, and what is", () => {
  const problems = nodeProblems(clusterFile({ uplinks: ["eth9", "eth0"] }), nodeFacts());
  expect(problems.map((problem) => problem.object)).toEqual(["uplink eth9"]);
  expect(problems[0]?.reason).toContain("usable of those named: eth0");
});

test("nodeProblems names each address of the own node that no interface has", () => {
  const problems = nodeProblems(clusterFile(), nodeFacts({ hostAddresses: [address("172.31.1.9")] }));
  expect(problems.map((problem) => problem.object)).toEqual(["address 172.31.1.2"]);
});
