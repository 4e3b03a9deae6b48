// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "bun:test";
import { NodeKind } from "@strait/k8s";
import { NAMES } from "@strait/manifests";
import { type Clusterset, startClusterset } from "../testing/clusterset.ts";

let set: Clusterset;
beforeAll(async () => {
  set = await startClusterset({
    east: { pods: "10.1.0.0/16", services: "100.1.0.0/16" },
    west: { pods: "10.2.0.0/16", services: "100.2.0.0/16" },
  });
  await set.run(set.broker, ["deploy-broker", "--file", "{dir}/file.subm"]);
  for (const place of Object.values(set.clusters)) {
    const argv = ["join", "{dir}/file.subm", "--clusterid", place.name, "--label-gateway=false", "--wait=false"];
    expect((await set.run(place, argv)).code).toBe(0);
    expect((await place.client.resource(NodeKind).get(`${place.name}-node`))?.metadata.labels?.[NAMES.gatewayLabel]).toBe(
      undefined,
    );
  }
}, 30_000);
afterAll(() => set[Symbol.asyncDispose]());

/** No pod ever starts here, so every check that has its nodes fails after a second. */
const verify = (...more: string[]) =>
  set.run(Object.values(set.clusters), [
    "verify",
    ...["--context", "east", "--tocontext", "west", "--only", "basic-connectivity", "--operation-timeout", "1"],
    ...more,
  ]);

test("verify names the pod that does not come up, and skips what the clusters have no node for", async () => {
  const { code, out } = await verify();
  expect(code).toBe(1);
  expect(out).toMatch(
    /✗ \[1\/4\] pod \(non-gateway node\) → remote pod \(non-gateway node\) .*: pod nettest-\S+ in cluster "west"/,
  );
  expect(out).toContain('(skipped): cluster "east" has no gateway node');
  expect(out).not.toContain("strait nettest");
}, 30_000);

test("verify --verbose says what runs where as it begins, and keeps JSON to stdout", async () => {
  const { out } = await verify("--verbose");
  expect(out).toMatch(
    /^ {3}pod \(non-gateway node\) → remote pod \(non-gateway node\), IPv4: cluster "west", node west-node: strait nettest listen --id \S+ --port 27185/m,
  );
  const json = await verify("--verbose", "-o", "json");
  expect(JSON.parse(json.out).ok).toBe(false);
  expect(json.err).toContain("strait nettest listen");
}, 60_000);
