// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { apiVersionOf, type Kind } from "../kind.ts";
import type { KubeObject } from "../kube_object.ts";
import * as core from "./mod.ts";

const kinds = Object.values(core).filter(
  (value) => typeof value === "object" && "decode" in value,
) as unknown as Kind<KubeObject>[];

/** Members without which an object of the kind is none. */
const needed: Readonly<Record<string, object>> = {
  EndpointSlice: { addressType: "IPv4" },
  Event: { involvedObject: {} },
  RoleBinding: { roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "r" } },
  ClusterRoleBinding: { roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "r" } },
  CustomResourceDefinition: {
    spec: {
      group: "g",
      scope: "Cluster",
      names: { kind: "K", plural: "ks" },
      versions: [{ name: "v1", served: true, storage: true }],
    },
  },
};

for (const kind of kinds) {
  const least = { metadata: { name: "a" }, ...needed[kind.kind] };

  test(`a ${kind.kind} (${kind.plural}.${apiVersionOf(kind)}) with the least it may have is read`, () => {
    expect(kind.decode(least)).toMatchObject({ ok: true, value: { metadata: { name: "a" } } });
  });

  test(`a ${kind.kind} without a name, with labels of another type or that is no object is refused`, () => {
    expect(kind.decode({ ...least, metadata: {} })).toMatchObject({
      ok: false,
      reason: expect.stringContaining("metadata.name"),
    });
    expect(kind.decode({ ...least, metadata: { name: "a", labels: { x: 1 } } })).toMatchObject({ ok: false });
    for (const nothing of [null, undefined, 1, "a", true]) expect(kind.decode(nothing).ok).toBe(false);
  });
}

const malformed: readonly [kind: Kind<KubeObject>, object: object, where: string][] = [
  [core.NodeKind, { spec: { podCIDRs: ["10.1.0.0/24", 7] } }, "spec.podCIDRs.1"],
  [core.NodeKind, { status: { addresses: [{ type: "InternalIP" }] } }, "status.addresses.0.address"],
  [core.PodKind, { status: { podIPs: "10.1.0.2" } }, "status.podIPs"],
  [core.ServiceKind, { spec: { ports: [{ name: "http" }] } }, "spec.ports.0.port"],
  [core.EndpointSliceKind, { addressType: "IPv4", endpoints: [{ addresses: null }] }, "endpoints.0.addresses"],
  [core.SecretKind, { data: { token: null } }, "data.token"],
  [core.LeaseKind, { spec: { leaseDurationSeconds: "15" } }, "spec.leaseDurationSeconds"],
];

for (const [kind, object, where] of malformed) {
  test(`a ${kind.kind} that is malformed at ${where} is refused with that place`, () => {
    expect(kind.decode({ metadata: { name: "a" }, ...object })).toMatchObject({
      ok: false,
      reason: expect.stringContaining(where),
    });
  });
}

test("metadata comes without the record of who wrote what, which is as large as the rest", () => {
  const decoded = core.ConfigMapKind.decode({ metadata: { name: "a", managedFields: [{ manager: "kubectl" }] } });
  expect(decoded).toEqual({ ok: true, value: { metadata: { name: "a" } } });
});
