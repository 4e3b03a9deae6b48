// SPDX-License-Identifier: Apache-2.0
/**
 * The same random writes by three managers to the real API server and to ours: status, object, owners of fields and conflicts must be
 * the same after each.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient, ApiError, loadKubeConfig } from "@strait/k8s";
import { type ControlPlane, startControlPlane } from "@strait/lab";
import { until } from "../control/support/until.ts";

type Members = Record<string, unknown>;

/** A generator of numbers that gives the same ones for the same seed. */
function numbers(seed: number) {
  let state = seed;
  const below = (limit: number) => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return (state >> 8) % limit;
  };
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const maybe = (percent: number, members: () => Members): Members => (below(100) < percent ? members() : {});
  const some = <T>(list: readonly T[]): T[] => list.filter(() => below(2) === 0);
  return { pick, maybe, some };
}

const text = { type: "string" };
const item = { type: "object", required: ["k"], properties: { k: text, v: text } };
const spec = {
  type: "object",
  properties: {
    color: text,
    n: { type: "integer", minimum: 1, default: 3 },
    map: { type: "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"], items: item },
    set: { type: "array", "x-kubernetes-list-type": "set", items: text },
    choice: { type: "string", enum: ["a", "b"] },
    word: { type: "string", pattern: "^a+$", maxLength: 3 },
    either: { "x-kubernetes-int-or-string": true },
  },
};
const crd = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "cars.differ.example.com" },
  spec: {
    group: "differ.example.com",
    names: { kind: "Car", plural: "cars" },
    scope: "Namespaced",
    versions: [
      { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object", properties: { spec } } } },
    ],
  },
};
const CARS = "/apis/differ.example.com/v1/namespaces/default/cars";
const MAPS = "/api/v1/namespaces/default/configmaps";

/** What two servers never agree on. */
const own = new Set(["uid", "resourceVersion", "creationTimestamp", "time"]);

function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value)
    .filter(([name]) => !own.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const result = Object.fromEntries(members.map(([name, member]) => [name, comparable(member)]));
  const sorted = (list: unknown) => (list as unknown[]).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  for (const name of ["managedFields", "causes"]) if (Array.isArray(result[name])) result[name] = sorted(result[name]);
  return result;
}

const planes: ControlPlane[] = [];
const clients: ApiClient[] = [];

beforeAll(async () => {
  for (const kind of ["real", "light"] as const) {
    const plane = await startControlPlane({ kind, dir: mkdtempSync(join(tmpdir(), `strait-differ-${kind}-`)) });
    planes.push(plane);
    const client = new ApiClient(await loadKubeConfig({ path: plane.kubeconfig }));
    clients.push(client);
    await client.request({ method: "POST", path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body: crd });
    await until("the kind to be served", () => client.request({ method: "GET", path: CARS }));
  }
}, 180_000);
afterAll(async () => {
  for (const client of clients) client.close();
  for (const plane of planes) {
    await plane[Symbol.asyncDispose]();
    rmSync(plane.dir, { recursive: true, force: true });
  }
});

async function answerOf(client: ApiClient, request: Parameters<ApiClient["request"]>[0]): Promise<unknown> {
  try {
    return comparable(await client.request(request));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Where several fields are wrong the real server lists them in any order.
    const said = error.message.includes("[") ? "several faults" : error.message.replace(/^.*?: /, "");
    return { status: error.status, reason: error.reason, said };
  }
}

for (const seed of [7, 21, 31, 44]) {
  test(`random writes of seed ${seed} have the same outcome on both servers`, async () => {
    const { pick, maybe, some } = numbers(seed);
    const value = () => pick(["1", "2"]);
    for (let step = 0; step < 120; step++) {
      const car = pick([true, true, false]);
      const [path, head] = car
        ? [CARS, { apiVersion: "differ.example.com/v1", kind: "Car" }]
        : [MAPS, { apiVersion: "v1", kind: "ConfigMap" }];
      const name = `s${seed}-${pick(["a", "b"])}`;
      const labels = maybe(40, () => ({ labels: Object.fromEntries(some(["l1", "l2"]).map((key) => [key, value()])) }));
      const annotations = maybe(30, () => ({ annotations: Object.fromEntries(some(["a1", "a2"]).map((key) => [key, value()])) }));
      const items = () => ["a", ...some(["b", "c", "d"])].map((k) => ({ k, ...maybe(60, () => ({ v: value() })) }));
      const rest = car
        ? {
            spec: {
              ...maybe(50, () => ({ color: pick(["red", "blue"]) })),
              ...maybe(40, () => ({ n: pick([1, 2, 0]) })),
              ...maybe(50, () => ({ map: pick([items(), items().reverse()]) })),
              ...maybe(50, () => ({ set: ["x", ...some(["y", "z"])] })),
              ...maybe(30, () => ({ choice: pick(["a", "b", "c"]) })),
              ...maybe(30, () => ({ word: pick(["a", "aa", "b"]) })),
              ...maybe(30, () => ({ either: pick([1, "x", true]) })),
            },
          }
        : maybe(90, () => ({ data: Object.fromEntries(some(["a", "b", "c"]).map((key) => [key, value()])) }));
      const metadata = { name, ...labels, ...annotations };
      const body = { ...head, metadata, ...rest };
      const query = { fieldManager: pick(["m1", "m2", "m3"]) };
      const how = pick(["apply", "apply", "apply", "apply", "merge", "merge", "create", "delete"]);
      const force = String(pick([true, false, false]));
      const request = {
        apply: {
          method: "PATCH",
          path: `${path}/${name}`,
          query: { ...query, force },
          body,
          contentType: "application/apply-patch+yaml",
        },
        merge: { method: "PATCH", path: `${path}/${name}`, query, body, contentType: "application/merge-patch+json" },
        create: { method: "POST", path, query, body },
        delete: { method: "DELETE", path: `${path}/${name}` },
      }[how] as Parameters<ApiClient["request"]>[0];
      const [real, light] = await Promise.all(clients.map((client) => answerOf(client, request)));
      expect({ step, request, answer: light }).toEqual({ step, request, answer: real });
    }
  }, 60_000);
}
