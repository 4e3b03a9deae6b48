// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { builtinSchema } from "../schema/builtin_schema.ts";
import type { JsonObject } from "./json.ts";
import { strategicMergePatch } from "./strategic_merge_patch.ts";

function patched(group: string, kind: string, target: JsonObject, patch: JsonObject) {
  const schema = builtinSchema({ group, version: "v1", kind });
  if (schema === undefined) throw new TypeError(`no schema of ${kind}`);
  return strategicMergePatch(target, patch, schema);
}

type Row = [name: string, kind: string, target: JsonObject, patch: JsonObject, result: JsonObject];
const table: Row[] = [
  [
    "containers merge by name",
    "Pod",
    { spec: { containers: [{ name: "a", image: "1", tty: true }, { name: "b" }] } },
    { spec: { containers: [{ name: "a", image: "2" }, { name: "c" }] } },
    { spec: { containers: [{ name: "a", image: "2", tty: true }, { name: "b" }, { name: "c" }] } },
  ],
  [
    "an item is deleted by its key",
    "Pod",
    { spec: { containers: [{ name: "a" }, { name: "b" }] } },
    { spec: { containers: [{ name: "a", $patch: "delete" }] } },
    { spec: { containers: [{ name: "b" }] } },
  ],
  [
    "env, ports and volumeMounts merge inside a container",
    "Pod",
    {
      spec: {
        containers: [
          {
            name: "a",
            env: [{ name: "X", value: "1" }],
            ports: [{ containerPort: 80, protocol: "TCP" }],
            volumeMounts: [{ name: "v", mountPath: "/v" }],
          },
        ],
      },
    },
    {
      spec: {
        containers: [
          {
            name: "a",
            env: [{ name: "Y", value: "2" }],
            ports: [{ containerPort: 80, name: "http" }],
            volumeMounts: [
              { mountPath: "/v", $patch: "delete" },
              { name: "w", mountPath: "/w" },
            ],
          },
        ],
      },
    },
    {
      spec: {
        containers: [
          {
            name: "a",
            env: [
              { name: "X", value: "1" },
              { name: "Y", value: "2" },
            ],
            ports: [{ containerPort: 80, protocol: "TCP", name: "http" }],
            volumeMounts: [{ name: "w", mountPath: "/w" }],
          },
        ],
      },
    },
  ],
  [
    "tolerations, args and commands are replaced whole",
    "Pod",
    { spec: { tolerations: [{ key: "a" }], containers: [{ name: "a", args: ["x", "y"] }] } },
    { spec: { tolerations: [{ key: "b" }], containers: [{ name: "a", args: ["z"] }] } },
    { spec: { tolerations: [{ key: "b" }], containers: [{ name: "a", args: ["z"] }] } },
  ],
  [
    "imagePullSecrets of a pod merge by name",
    "Pod",
    { spec: { imagePullSecrets: [{ name: "a" }] } },
    { spec: { imagePullSecrets: [{ name: "b" }] } },
    { spec: { imagePullSecrets: [{ name: "a" }, { name: "b" }] } },
  ],
  [
    "a volume keeps only the keys to retain",
    "Pod",
    { spec: { volumes: [{ name: "v", emptyDir: {} }] } },
    { spec: { volumes: [{ name: "v", hostPath: { path: "/x" }, $retainKeys: ["name", "hostPath"] }] } },
    { spec: { volumes: [{ name: "v", hostPath: { path: "/x" } }] } },
  ],
  [
    "a Deployment's strategy keeps only the keys to retain",
    "apps/Deployment",
    { spec: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } } } },
    { spec: { strategy: { $retainKeys: ["type"], type: "Recreate" } } },
    { spec: { strategy: { type: "Recreate" } } },
  ],
  [
    "conditions merge by type, also those of a pod in a template's status",
    "Node",
    {
      status: {
        conditions: [
          { type: "Ready", status: "False", reason: "x" },
          { type: "DiskPressure", status: "False" },
        ],
      },
    },
    { status: { conditions: [{ type: "Ready", status: "True" }] } },
    {
      status: {
        conditions: [
          { type: "Ready", status: "True", reason: "x" },
          { type: "DiskPressure", status: "False" },
        ],
      },
    },
  ],
  [
    "ownerReferences merge by uid",
    "Secret",
    { metadata: { ownerReferences: [{ uid: "1", name: "a" }] } },
    {
      metadata: {
        ownerReferences: [
          { uid: "2", name: "b" },
          { uid: "1", $patch: "delete" },
        ],
      },
    },
    { metadata: { ownerReferences: [{ uid: "2", name: "b" }] } },
  ],
  [
    "finalizers are a set",
    "Secret",
    { metadata: { finalizers: ["a", "b"] } },
    { metadata: { finalizers: ["b", "c"] } },
    { metadata: { finalizers: ["a", "b", "c"] } },
  ],
  [
    "plain values are deleted from a list",
    "Secret",
    { metadata: { finalizers: ["a", "b", "a"] } },
    { metadata: { "$deleteFromPrimitiveList/finalizers": ["a"] } },
    { metadata: { finalizers: ["b"] } },
  ],
  [
    "items stand in the order that is asked for",
    "Pod",
    { spec: { containers: [{ name: "x" }, { name: "a" }, { name: "b" }, { name: "y" }] } },
    { spec: { "$setElementOrder/containers": [{ name: "b" }, { name: "n" }, { name: "a" }], containers: [{ name: "n" }] } },
    { spec: { containers: [{ name: "x" }, { name: "b" }, { name: "n" }, { name: "a" }, { name: "y" }] } },
  ],
  [
    "an order alone reorders",
    "Secret",
    { metadata: { finalizers: ["a", "b"] } },
    { metadata: { "$setElementOrder/finalizers": ["b", "a"] } },
    { metadata: { finalizers: ["b", "a"] } },
  ],
  [
    "an object is replaced by directive",
    "Service",
    { spec: { selector: { a: "1" }, type: "ClusterIP" } },
    { spec: { selector: { $patch: "replace", b: "2" } } },
    { spec: { selector: { b: "2" }, type: "ClusterIP" } },
  ],
  ["an object is emptied by directive", "ConfigMap", { data: { a: "1" } }, { data: { $patch: "delete" } }, { data: {} }],
  [
    "a list is replaced by directive",
    "Pod",
    { spec: { containers: [{ name: "a" }, { name: "b" }] } },
    { spec: { containers: [{ $patch: "replace" }, { name: "c" }] } },
    { spec: { containers: [{ name: "c" }] } },
  ],
  ["null removes a member", "ConfigMap", { data: { a: "1", b: "2" } }, { data: { a: null } }, { data: { b: "2" } }],
  ["nulls of a new member are left out", "ConfigMap", {}, { data: { a: null, b: "2" } }, { data: { b: "2" } }],
  [
    "ports of a Service merge by port",
    "Service",
    { spec: { ports: [{ port: 80, targetPort: 1 }] } },
    { spec: { ports: [{ port: 80, targetPort: "web" }, { port: 81 }] } },
    { spec: { ports: [{ port: 80, targetPort: "web" }, { port: 81 }] } },
  ],
  [
    "rules of a Role are replaced whole",
    "rbac.authorization.k8s.io/Role",
    { rules: [{ verbs: ["get"] }] },
    { rules: [{ verbs: ["list"] }] },
    { rules: [{ verbs: ["list"] }] },
  ],
  [
    "the pod template of a DaemonSet merges as a pod does",
    "apps/DaemonSet",
    { spec: { template: { spec: { containers: [{ name: "a", image: "1" }] } } } },
    { spec: { template: { spec: { containers: [{ name: "a", image: "2" }] } } } },
    { spec: { template: { spec: { containers: [{ name: "a", image: "2" }] } } } },
  ],
];

for (const [name, at, target, patch, result] of table) {
  const [group = "", kind = ""] = at.includes("/") ? at.split("/") : ["", at];
  test(`a strategic merge patch: ${name}`, () => {
    const before = structuredClone({ target, patch });
    expect(patched(group, kind, target, patch)).toEqual({ ok: true, value: result });
    expect({ target, patch }).toEqual(before);
  });
}

const refused: [name: string, patch: JsonObject, reason: string][] = [
  [
    "an item without its key",
    { spec: { containers: [{ image: "x" }] } },
    'map: {"image":"x"} does not contain declared merge key: name',
  ],
  ["an unknown directive", { spec: { $patch: "drop" } }, 'unknown patch type found in map: "drop"'],
  ["a plain value in a list of objects", { spec: { containers: ["a"] } }, 'a list that merges by name has objects, not "a"'],
  [
    "a key that is set and not retained",
    { spec: { $retainKeys: ["hostname"], nodeName: "w1" } },
    `the $retainKeys list doesn't contain "nodeName", which the patch sets`,
  ],
];
for (const [name, patch, reason] of refused) {
  test(`a strategic merge patch is refused: ${name}`, () => {
    expect(patched("", "Pod", { spec: { containers: [{ name: "a" }] } }, patch)).toEqual({ ok: false, reason });
  });
}
