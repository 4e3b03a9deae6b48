// SPDX-License-Identifier: Apache-2.0
import { type Json, sameJson } from "../patch/json.ts";
import type { Definitions, JsonSchema, RootedSchema } from "../schema/json_schema.ts";
import { FieldSet, printStep, type Step } from "./field_set.ts";
import { collect } from "./owned_by.ts";
import { byStep, type Shape, ShapeError, shapeOf } from "./shape.ts";

/** What is different between two states of an object. */
export interface Differences {
  /** Paths that were added or whose value is another one. */
  readonly set: FieldSet;
  readonly removed: FieldSet;
}

/** Compares two states of an object, path by path. */
export function compareFields(before: Json, after: Json, { schema, definitions }: RootedSchema): Differences {
  const set = new FieldSet();
  const removed = new FieldSet();
  compare(before, after, schema, definitions, []);
  return { set, removed };

  function compare(
    old: Json | undefined,
    now: Json | undefined,
    given: JsonSchema | undefined,
    all: Definitions,
    path: readonly Step[],
  ) {
    if (sameJson(old, now)) return;
    // A pod has its list of containers like a struct: even the empty object has it.
    const isContainers = path.at(-1) === "f:containers" && Array.isArray(now ?? old);
    if (isContainers && (old === undefined || now === undefined)) return compare(old ?? [], now ?? [], given, all, path);
    if (isAlways(given) && (old === undefined || now === undefined)) return compare(old ?? {}, now ?? {}, given, all, path);
    if (old === undefined && now !== undefined) return collect(now, given, all, path, set, { whole: true });
    if (now === undefined && old !== undefined) return collect(old, given, all, path, removed, { whole: true });
    if (old === undefined || now === undefined) return;
    const [a, b] = [shapeOf(old, given, all), shapeOf(now, given, all)];
    if (a.is === "object" && b.is === "object") {
      for (const name of new Set([...Object.keys(a.value), ...Object.keys(b.value)])) {
        const next = [...path, `f:${name}`];
        compare(own(a.value, name), own(b.value, name), b.member(name).schema, all, next);
      }
      return;
    }
    const [left, right] = [items(a), items(b)];
    if (left === undefined || right === undefined || b.is !== "list") {
      set.add(path);
      return;
    }
    for (const step of new Set([...left.keys(), ...right.keys()])) {
      compare(left.get(step), right.get(step), b.schema, all, [...path, step]);
    }
  }
}

/**
 * Types that the objects of Kubernetes have at their place whether or not anything is in them, so that one never comes or goes: Go's
 * structs that are no pointers.
 */
const always = new RegExp(
  `\\.(?:ObjectMeta|PodTemplateSpec|${[
    ...["Pod", "Node", "Namespace", "Service", "Deployment", "DaemonSet", "ReplicaSet", "CustomResourceDefinition"].map(
      (kind) => `${kind}(?:Spec|Status)`,
    ),
    "LeaseSpec",
    "DeploymentStrategy",
    "DaemonSetUpdateStrategy",
    "NodeDaemonEndpoints",
    "DaemonEndpoint",
    "NodeSystemInfo",
    "LoadBalancerStatus",
    "CustomResourceDefinitionNames",
    "EventSource",
  ].join("|")})$`,
);

function isAlways(schema: JsonSchema | undefined): boolean {
  return schema?.$ref !== undefined && always.test(schema.$ref);
}

const own = (object: Record<string, Json | undefined>, name: string) => (Object.hasOwn(object, name) ? object[name] : undefined);

function items(shape: Shape): Map<Step, Json> | undefined {
  if (shape.is !== "list") return undefined;
  try {
    return byStep(shape, printStep);
  } catch (error) {
    if (error instanceof ShapeError) return undefined;
    throw error;
  }
}
