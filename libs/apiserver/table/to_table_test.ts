// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import type { Json, JsonObject } from "../patch/json.ts";
import { humanAge, humanDuration } from "./human_age.ts";
import { parseJsonPath } from "./json_path.ts";
import { toTable } from "./to_table.ts";

const now = new Date("2026-11-21T12:00:00Z");
const created = { creationTimestamp: "2026-11-21T11:55:00Z" };
const cells = (group: string, kind: string, object: JsonObject) =>
  toTable({ group, kind }, undefined, [{ metadata: { name: "x", ...created }, ...object }], { now }).rows[0]?.["cells"];

const ages: [seconds: number, text: string][] = [
  [-5, "<invalid>"],
  [0, "0s"],
  [119, "119s"],
  [120, "2m"],
  [185, "3m5s"],
  [600, "10m"],
  [3 * 3600, "3h"],
  [3 * 3600 + 60, "3h1m"],
  [8 * 3600 + 60, "8h"],
  [48 * 3600, "2d"],
  [49 * 3600, "2d1h"],
  [9 * 86_400 + 3600, "9d"],
  [800 * 86_400, "2y70d"],
  [4000 * 86_400, "10y"],
];
for (const [seconds, text] of ages)
  test(`humanDuration of ${seconds} s is ${text}`, () => expect(humanDuration(seconds)).toBe(text));

test("humanAge of no time is unknown", () => {
  expect([humanAge(undefined, now), humanAge("never", now), humanAge("2026-11-21T11:00:00Z", now)]).toEqual([
    "<unknown>",
    "<unknown>",
    "60m",
  ]);
});

const running = (name: string, more: JsonObject = {}): JsonObject => ({
  name,
  ready: true,
  restartCount: 0,
  state: { running: {} },
  ...more,
});
const pods: [name: string, pod: JsonObject, ready: string, status: string, restarts: string][] = [
  ["pending", { spec: { containers: [{ name: "a" }] }, status: { phase: "Pending" } }, "0/1", "Pending", "0"],
  [
    "running",
    { spec: { containers: [{ name: "a" }] }, status: { phase: "Running", containerStatuses: [running("a")] } },
    "1/1",
    "Running",
    "0",
  ],
  [
    "crashing",
    {
      spec: { containers: [{ name: "a" }, { name: "b" }] },
      status: {
        phase: "Running",
        containerStatuses: [
          running("a", { restartCount: 2, lastState: { terminated: { finishedAt: "2026-11-21T11:50:00Z" } } }),
          { name: "b", ready: false, restartCount: 0, state: { waiting: { reason: "CrashLoopBackOff" } } },
        ],
      },
    },
    "1/2",
    "CrashLoopBackOff",
    "2 (10m ago)",
  ],
  [
    "initialising",
    {
      spec: { initContainers: [{ name: "i" }, { name: "j" }], containers: [{ name: "a" }] },
      status: {
        phase: "Pending",
        initContainerStatuses: [
          { name: "i", state: { terminated: { exitCode: 0 } } },
          { name: "j", state: { running: {} } },
        ],
      },
    },
    "0/1",
    "Init:1/2",
    "0",
  ],
  [
    "failed in init",
    {
      spec: { initContainers: [{ name: "i" }], containers: [{ name: "a" }] },
      status: {
        phase: "Pending",
        initContainerStatuses: [{ name: "i", restartCount: 1, state: { terminated: { exitCode: 2 } } }],
      },
    },
    "0/1",
    "Init:ExitCode:2",
    "1",
  ],
  [
    "completed",
    {
      spec: { containers: [{ name: "a" }] },
      status: {
        phase: "Succeeded",
        containerStatuses: [{ name: "a", state: { terminated: { exitCode: 0, reason: "Completed" } } }],
      },
    },
    "0/1",
    "Completed",
    "0",
  ],
  [
    "leaving",
    {
      metadata: { name: "x", deletionTimestamp: "2026-11-21T12:00:00Z" },
      spec: { containers: [{ name: "a" }] },
      status: { phase: "Running", containerStatuses: [running("a")] },
    },
    "1/1",
    "Terminating",
    "0",
  ],
];
for (const [name, pod, ready, status, restarts] of pods) {
  test(`toTable shows a pod that is ${name}`, () => {
    const row = toTable({ group: "", kind: "Pod" }, undefined, [pod], { now }).rows[0]?.["cells"] as Json[];
    expect(row.slice(1, 4)).toEqual([ready, status, restarts]);
  });
}

test("toTable shows nodes, services and slices as kubectl does", () => {
  const node = {
    metadata: { name: "n", labels: { "node-role.kubernetes.io/worker": "" }, ...created },
    spec: { unschedulable: true },
    status: { conditions: [{ type: "Ready", status: "True" }] },
  };
  expect(cells("", "Node", node)).toEqual([
    "n",
    "Ready,SchedulingDisabled",
    "worker",
    "5m",
    "",
    "<none>",
    "<none>",
    "<unknown>",
    "<unknown>",
    "<unknown>",
  ]);
  const service = {
    spec: {
      type: "NodePort",
      clusterIP: "10.0.0.1",
      ports: [
        { port: 80, nodePort: 30_080 },
        { port: 53, protocol: "UDP" },
      ],
      selector: { b: "2", a: "1" },
    },
  };
  expect(cells("", "Service", service)).toEqual(["x", "NodePort", "10.0.0.1", "<none>", "80:30080/TCP,53/UDP", "5m", "a=1,b=2"]);
  const slice = {
    addressType: "IPv4",
    endpoints: ["1", "2", "3", "4"].map((n) => ({ addresses: [`10.0.0.${n}`] })),
    ports: [{ name: "web" }],
  };
  expect(cells("discovery.k8s.io", "EndpointSlice", slice)).toEqual([
    "x",
    "IPv4",
    "web",
    "10.0.0.1,10.0.0.2,10.0.0.3 + 1 more...",
    "5m",
  ]);
});

test("toTable shows a selector with expressions", () => {
  const spec = {
    selector: {
      matchLabels: { a: "b" },
      matchExpressions: [
        { key: "c", operator: "In", values: ["d", "e"] },
        { key: "f", operator: "DoesNotExist" },
      ],
    },
  };
  const row = cells("apps", "DaemonSet", { spec }) as Json[];
  expect(row.at(-1)).toBe("a=b,c in (d,e),!f");
});

const columns = [
  { name: "IP", type: "string", jsonPath: ".status.allocatedIP" },
  { name: "IPs", type: "string", jsonPath: ".spec.ips" },
  { name: "N", type: "integer", jsonPath: ".spec.n", priority: 1 },
  { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
];

test("toTable shows a custom resource in the columns of its CRD", () => {
  const object = {
    metadata: { name: "g", ...created },
    spec: { ips: ["a", "b"], n: "no number" },
    status: { allocatedIP: "242.0.0.1" },
  };
  const table = toTable({ group: "submariner.io", kind: "GlobalIngressIP" }, columns, [object, { metadata: { name: "h" } }], {
    now,
  });
  expect(table.columnDefinitions).toMatchObject([
    { name: "Name", format: "name" },
    { name: "IP" },
    { name: "IPs" },
    { name: "N", priority: 1 },
    { name: "Age", type: "date" },
  ]);
  expect(table.rows.map((row) => row["cells"])).toEqual([
    ["g", "242.0.0.1", '["a","b"]', null, "5m"],
    ["h", null, null, null, null],
  ]);
});

test("toTable shows name and age of a kind without columns", () => {
  expect(cells("submariner.io", "Cluster", {})).toEqual(["x", "5m"]);
});

test("toTable sends as much of each object as is asked for", () => {
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "m" }, data: {} };
  const sent = (include: "None" | "Metadata" | "Object") =>
    toTable({ group: "", kind: "ConfigMap" }, undefined, [object], { now, include }).rows[0]?.["object"];
  expect([sent("None"), sent("Metadata"), sent("Object")]).toEqual([
    null,
    { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: { name: "m" } },
    object,
  ]);
});

const paths: [path: string, found: Json[]][] = [
  [".a.b", [1]],
  ["{.a.b}", [1]],
  ["a.b", [1]],
  [".list[0].n", ["x"]],
  [".list[-1].n", ["y"]],
  [".list[*].n", ["x", "y"]],
  ['.list[?(@.n=="y")].v', [2]],
  ['.list[?(@.n!="y")].v', [1]],
  [".labels.p\\.q/r", ["z"]],
  [".labels['p.q/r']", ["z"]],
  [".none.at.all", []],
];
for (const [path, found] of paths) {
  test(`parseJsonPath reads ${path}`, () => {
    const object = {
      a: { b: 1 },
      list: [
        { n: "x", v: 1 },
        { n: "y", v: 2 },
      ],
      labels: { "p.q/r": "z" },
    };
    const parsed = parseJsonPath(path);
    expect(parsed.ok && parsed.value(object)).toEqual(found);
  });
}
test("parseJsonPath refuses what it does not understand", () => expect(parseJsonPath(".a[?(1)]").ok).toBe(false));
