// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { memberAdmission } from "./wire.ts";

const request = (user: string, namespace: string, name: string) => ({
  user: { name: user, groups: [] },
  verb: "create" as const,
  group: "submariner.io",
  kind: "Cluster",
  plural: "clusters",
  namespace,
  name,
  object: {
    apiVersion: "submariner.io/v1",
    kind: "Cluster",
    metadata: { name, labels: { "submariner-io/clusterID": name } },
    spec: { cluster_id: name },
  },
});
const east = "system:serviceaccount:b:cluster-east";

test("memberAdmission asks nothing of those who are no members", () => {
  const admit = memberAdmission("b", () => expect.unreachable());
  for (const user of ["admin", "system:serviceaccount:b:submariner-k8s-broker-admin", "system:serviceaccount:other:cluster-east"])
    expect(admit(request(user, "b", "west")).ok).toBe(true);
});

test("memberAdmission lets a member write its own, in the broker's namespace only", () => {
  const told: string[] = [];
  const admit = memberAdmission("b", (id, reason) => told.push(`${id}: ${reason}`));
  expect(admit(request(east, "b", "east")).ok).toBe(true);
  expect(admit(request(east, "c", "east"))).toEqual({ ok: false, reason: "cluster east may write in the namespace b only" });
  expect(admit(request(east, "b", "west"))).toEqual({ ok: false, reason: "cluster east may write the Cluster east only" });
  expect(told).toEqual([
    "east: cluster east may write in the namespace b only",
    "east: cluster east may write the Cluster east only",
  ]);
});
