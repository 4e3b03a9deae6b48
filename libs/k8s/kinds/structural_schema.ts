// SPDX-License-Identifier: Apache-2.0
import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";

/** A schema as CustomResourceDefinitions hold it. */
export interface StructuralSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly items?: StructuralSchema;
  readonly additionalProperties?: StructuralSchema;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

/** Keywords that are taken over as they are. Whatever is neither here nor treated below is a mistake of ours, and throws. */
const PLAIN = new Set([
  "type",
  "description",
  "format",
  "default",
  "enum",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "minItems",
  "maxItems",
  "x-kubernetes-list-type",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-map-type",
]);

/** Not said in a definition: a missing member is how the API writes null, and unknown members are pruned by themselves. */
const LEFT_OUT = new Set(["nullable", "$schema"]);

/** Sorted, so that a generated file changes only where its schema does. */
const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

/** @throws TypeError where the schema says something that a definition cannot hold */
function structural(value: Record<string, unknown>, at: string): StructuralSchema {
  const out: Record<string, unknown> = {};
  const child = (inner: unknown, name: string): StructuralSchema =>
    structural(inner as Record<string, unknown>, at === "" ? name : `${at}.${name}`);
  for (const [keyword, held] of Object.entries(value)) {
    if (LEFT_OUT.has(keyword) || held === undefined) continue;
    if (PLAIN.has(keyword)) out[keyword] = held;
    // A RegExp prints its slashes escaped, which other languages need not understand.
    else if (keyword === "pattern") out[keyword] = String(held).replaceAll("\\/", "/");
    else if (keyword === "items") out[keyword] = child(held, "items");
    else if (keyword === "properties") {
      const entries = Object.entries(held as Record<string, unknown>).sort(byName);
      if (entries.length > 0) out[keyword] = Object.fromEntries(entries.map(([name, inner]) => [name, child(inner, name)]));
    } else if (keyword === "required") {
      const names = held as string[];
      if (names.length > 0) out[keyword] = [...names].sort();
    } else if (keyword === "additionalProperties") {
      // Only of a record: an object with named members is pruned to those.
      if (!("properties" in value)) out[keyword] = child(held, "*");
    } else throw new TypeError(`${at || "the root"} of a schema has ${keyword}, which a CustomResourceDefinition cannot say`);
  }
  return Object.fromEntries(Object.entries(out).sort(byName));
}

const ROOT_MEMBERS = {
  apiVersion: { description: "Group and version of this kind.", type: "string" },
  kind: { description: "This kind.", type: "string" },
  metadata: { type: "object" },
} as const;

/**
 * The schema of a CustomResourceDefinition (openAPIV3Schema) that takes what the valibot schema takes, with the descriptions of
 * its metadata. What every object has is written as the API server wants it.
 *
 * @throws TypeError where the schema holds something a definition cannot say: a programmer's mistake, found by the generator
 */
export function structuralSchema(schema: v.GenericSchema, description: string): StructuralSchema {
  const json = toJsonSchema(schema, { target: "openapi-3.0", typeMode: "input", errorMode: "throw" });
  const { properties, required, ...rest } = json as Record<string, unknown>;
  const own = Object.entries(properties as Record<string, unknown>).filter(([name]) => !(name in ROOT_MEMBERS));
  const needed = (required as string[]).filter((name) => !(name in ROOT_MEMBERS));
  const root = structural({ ...rest, properties: Object.fromEntries(own), required: needed }, "");
  return {
    description,
    ...root,
    properties: Object.fromEntries(Object.entries({ ...ROOT_MEMBERS, ...root.properties }).sort(byName)),
  };
}
