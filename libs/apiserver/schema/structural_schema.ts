// SPDX-License-Identifier: Apache-2.0
import type { Result } from "@strait/model";
import { ok, refuse } from "@strait/model";
import type { ValidateFunction } from "ajv";
import { isObject, type Json, type JsonObject, own } from "../patch/json.ts";
import { compileAjv } from "./ajv_schema.ts";
import { builtinDefinitions, builtinSchema, objectMeta } from "./builtin_schema.ts";
import { type Cause, listKeyFaults, worded } from "./field_faults.ts";
import type { GroupVersionKind, JsonSchema, RootedSchema } from "./json_schema.ts";
import { pruneUnknown } from "./prune_unknown.ts";
import { setDefaults } from "./set_defaults.ts";
import { structuralFaults } from "./structural_faults.ts";

/**
 * What one version of a kind may look like: a structural schema of a CRD, or that of a built-in kind. A write goes through `prune`, then
 * `defaults`, then `validate`; what a store gives back goes through `defaults`.
 *
 * @example
 * const schema = must(StructuralSchema.ofCustom(version.schema.openAPIV3Schema));
 * const { object, unknown } = schema.prune(body);
 * const causes = schema.validate(schema.defaults(object)); // [] when it is fine
 */
export class StructuralSchema {
  /** For server-side apply, patches and OpenAPI. */
  readonly rooted: RootedSchema;
  readonly #builtin: boolean;
  #check: ValidateFunction | undefined;

  private constructor(rooted: RootedSchema, builtin: boolean) {
    this.rooted = rooted;
    this.#builtin = builtin;
  }

  /** The schema of a built-in kind; undefined for others. */
  static ofBuiltin(kind: GroupVersionKind): StructuralSchema | undefined {
    const rooted = builtinSchema(kind);
    return rooted === undefined ? undefined : new StructuralSchema(rooted, true);
  }

  /**
   * The schema of a version of a CRD; absent: only an object. A refusal says in one sentence what is not structural; `structuralFaults`
   * has all faults with their fields.
   */
  static ofCustom(schema: Json | undefined): Result<StructuralSchema> {
    const given = schema ?? { type: "object", "x-kubernetes-preserve-unknown-fields": true };
    const [fault] = structuralFaults(given);
    if (fault !== undefined) return refuse(`the schema is not structural: ${fault.field}: ${fault.message}`);
    const root = given as JsonSchema;
    const { metadata: _, ...properties } = root.properties ?? {};
    const standard: Record<string, JsonSchema> = {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { $ref: objectMeta },
    };
    const whole = { ...root, properties: { ...properties, ...standard } };
    return ok(new StructuralSchema({ schema: whole, definitions: builtinDefinitions }, false));
  }

  /**
   * The object without fields that the schema does not know, and their paths ("spec.foo", "spec.list[0].bar"): to report with
   * `fieldValidation=Strict` or `Warn`. For built-in kinds and in metadata null, an empty list and an
   * empty map are as good as absent, and go too.
   */
  prune(object: JsonObject): { object: JsonObject; unknown: readonly string[] } {
    return pruneUnknown(object, this.rooted, { dropNulls: this.#builtin });
  }

  /** The object with the defaults of its schema. The argument stays as it is. */
  defaults(object: JsonObject): JsonObject {
    return setDefaults(object, this.rooted);
  }

  /** What is wrong with an object, field by field, in the words of Kubernetes. Empty: nothing. */
  validate(object: JsonObject): readonly Cause[] {
    this.#check ??= compileAjv(this.rooted);
    const check = this.#check;
    check(object);
    return [...worded(check.errors ?? []), ...listKeyFaults(object, this.rooted)];
  }

  /**
   * Why a built-in object cannot even be decoded (a text where a number belongs): HTTP 400, where `validate` alone would be 422.
   *
   * @example schema.undecodable({ spec: { containers: "x" } }) // "json: cannot unmarshal string into spec.containers: …"
   */
  undecodable(object: JsonObject): string | undefined {
    const found = this.validate(object).find(({ reason }) => reason === "FieldValueTypeInvalid");
    if (found === undefined) return undefined;
    const kind = String(own(object, "kind") ?? "");
    const version = String(own(object, "apiVersion") ?? "").replace(/^.*\//, "");
    const type = /must be of type ([^:]+): "(\w+)"/.exec(found.message);
    const detail = `json: cannot unmarshal ${type?.[2] ?? "value"} into field ${found.field} of type ${type?.[1] ?? "unknown"}`;
    return `${kind} in version "${version}" cannot be handled as a ${kind}: ${detail}`;
  }
}

/** The sentence of a write with unknown fields under `fieldValidation=Strict`: HTTP 400. */
export function strictDecodingError(object: JsonObject, unknown: readonly string[]): string {
  const kind = String(own(object, "kind") ?? "");
  const version = String(own(object, "apiVersion") ?? "").replace(/^.*\//, "");
  const list = unknown.map((path) => `unknown field "${path}"`).join(", ");
  return `${kind} in version "${version}" cannot be handled as a ${kind}: strict decoding error: ${list}`;
}

/** Whether a schema has rules in CEL anywhere. They are not evaluated: whoever registers the CRD is warned. */
export function hasCelRules(schema: Json | undefined): boolean {
  if (Array.isArray(schema)) return schema.some(hasCelRules);
  if (!isObject(schema)) return false;
  return Object.entries(schema).some(([name, value]) => name === "x-kubernetes-validations" || hasCelRules(value));
}
