// SPDX-License-Identifier: Apache-2.0
import {
  alreadyExists,
  badRequest,
  type Cause,
  conflict,
  forbidden,
  immutable,
  invalid,
  notFound,
  tooLarge,
} from "../http/status_error.ts";
import { type ApiObject, timestamp } from "../kinds/api_object.ts";
import { apiVersionOf } from "../kinds/resource_type.ts";
import { strategyOf } from "../kinds/strategies/strategy_of.ts";
import { sameJson } from "../patch/mod.ts";
import type { StoredObject } from "../store/stored_object.ts";
import { trackFields } from "./field_managers.ts";
import { generatedName } from "./generated_name.ts";
import { checkNamespace } from "./namespace_lifecycle.ts";
import { present } from "./present.ts";
import { type Api, keyOf, type Scope } from "./scope.ts";
import { metaFaults } from "./validate_meta.ts";

/** The largest object that is kept, in bytes: etcd's limit. */
export const MAX_OBJECT = 1.5 * 1024 * 1024;

/** What a write did. `object` is shown in the request's version. */
export interface Written {
  readonly object: ApiObject;
  readonly created: boolean;
}

/**
 * @param tracked the object's managedFields are as they should be: an apply keeps them itself.
 * @throws StatusError 4xx where the object is refused or its name is taken.
 */
export function createObject(api: Api, scope: Scope, object: ApiObject, tracked = false): Written {
  const { type } = scope;
  const meta = object.metadata;
  if (meta.resourceVersion) throw badRequest("resourceVersion should not be set on objects to be created");
  checkNamespace(api, scope);
  const generated = !meta.name && meta.generateName;
  if (generated) meta.name = freeName(api, scope, generated);
  const old = meta.name ? api.store.get(keyOf(scope, meta.name)) : undefined;
  meta.uid = crypto.randomUUID();
  meta.creationTimestamp = timestamp(api.now());
  for (const member of ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "generation", "resourceVersion"])
    delete meta[member];
  if (type.generation || !type.builtIn) meta.generation = 1;
  if (scope.version.status && !type.builtIn) delete object["status"];
  const strategy = strategyOf(type);
  strategy?.defaults?.(object);
  strategy?.create?.(object, api, scope);
  normalize(scope, object);
  if (!tracked) trackFields(api, scope, object);
  check(api, scope, object);
  if (old) throw alreadyExists(type, meta.name);
  return { object: commit(api, scope, object, undefined), created: true };
}

/**
 * Changes an object.
 *
 * @param tracked as for createObject.
 * @param change gives the wanted state from the present one (in the request's version).
 * @throws StatusError 404, 409 where the resourceVersion is stale, 4xx where the new state is refused.
 */
export function updateObject(
  api: Api,
  scope: Scope,
  name: string,
  change: (current: ApiObject) => ApiObject,
  tracked = false,
): Written {
  const { type } = scope;
  const stored = api.store.get(keyOf(scope, name));
  if (!stored) throw notFound(type, name);
  const old = present(stored, type, scope.version);
  const object = change(structuredClone(old));
  const given = object.metadata.resourceVersion;
  if (given && given !== old.metadata.resourceVersion) throw conflict(type, name);
  if (!given && !type.unconditionalUpdate) {
    const message = "Invalid value: 0x0: must be specified for an update";
    throw invalid(type.group, type.kind, name, [{ reason: "FieldValueInvalid", message, field: "metadata.resourceVersion" }]);
  }
  if (object.metadata.uid && object.metadata.uid !== old.metadata.uid) {
    throw conflict(
      type,
      name,
      `Precondition failed: UID in precondition: ${object.metadata.uid}, UID in object meta: ${old.metadata.uid}`,
    );
  }
  const early = deletionFaults(object, old);
  keepSystemFields(scope, object, old);
  const strategy = strategyOf(type);
  strategy?.defaults?.(object);
  strategy?.update?.(object, old, api, scope);
  normalize(scope, object);
  if (!tracked) trackFields(api, scope, object, old);
  bumpGeneration(scope, object, old);
  check(api, scope, object, old, early);
  if (sameObject(object, old)) return { object: old, created: false };
  return { object: commit(api, scope, object, stored, old), created: false };
}

/** Only a deletion marks an object as deleted. */
function deletionFaults({ metadata }: ApiObject, { metadata: was }: ApiObject): Cause[] {
  return (["deletionTimestamp", "deletionGracePeriodSeconds"] as const)
    .filter((member) => metadata[member] !== undefined && metadata[member] !== was[member])
    .map((member) => immutable(`metadata.${member}`, metadata[member]));
}

/** Members that the server alone sets, and what the written part (main or status) does not cover. */
function keepSystemFields(scope: Scope, object: ApiObject, old: ApiObject): void {
  const { type, version, subresource } = scope;
  const [meta, was] = [object.metadata, old.metadata];
  for (const member of [
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "resourceVersion",
  ] as const) {
    if (was[member] === undefined) delete meta[member];
    else Object.assign(meta, { [member]: was[member] });
  }
  if (meta.managedFields === undefined && was.managedFields) meta.managedFields = was.managedFields;
  if (subresource === "status") {
    const { managedFields } = meta;
    const status = object["status"];
    for (const key of Object.keys(object)) if (!["apiVersion", "kind", "metadata"].includes(key)) delete object[key];
    for (const [key, value] of Object.entries(old))
      if (!["apiVersion", "kind", "metadata", "status"].includes(key)) object[key] = value;
    if (status !== undefined) object["status"] = status;
    if (!type.builtIn) object.metadata = { ...was, ...(managedFields && { managedFields }) };
  } else if (version.status && subresource === undefined) {
    if (old["status"] === undefined) delete object["status"];
    else object["status"] = old["status"];
  }
}

function bumpGeneration(scope: Scope, object: ApiObject, old: ApiObject): void {
  const { type, version } = scope;
  if (type.builtIn && !type.generation) return;
  const counted = (one: ApiObject) => {
    const { metadata: _, status, ...rest } = one;
    return version.status || type.builtIn ? rest : { ...rest, ...(status !== undefined && { status }) };
  };
  if (!sameJson(counted(object), counted(old))) object.metadata.generation = (old.metadata.generation ?? 0) + 1;
}

/** Fills the defaults of a custom resource's schema. */
function normalize({ type, version: { schema } }: Scope, object: ApiObject): void {
  if (!type.builtIn && schema) Object.assign(object, schema.defaults(object));
}

/** Everything that may refuse a state: the type's rules, the metadata's, and those of the embedder. */
function check(api: Api, scope: Scope, object: ApiObject, old?: ApiObject, early: readonly Cause[] = []): void {
  const { type, version } = scope;
  const causes: Cause[] = [...early, ...metaFaults(type, object, old)];
  if (!type.builtIn && version.schema) causes.push(...version.schema.validate(object));
  causes.push(...(strategyOf(type)?.validate?.(object, old) ?? []));
  if (causes.length > 0) throw invalid(type.group, type.kind, object.metadata.name, causes);
  admit(api, scope, old ? "update" : "create", object.metadata.name, object, old);
}

/** Asks the embedder's rules. @throws StatusError 403. */
export function admit(
  api: Api,
  scope: Scope,
  verb: "create" | "update" | "delete",
  name: string,
  object: ApiObject | undefined,
  old: ApiObject | undefined,
): void {
  const { user, type, namespace, subresource } = scope;
  const { group, kind, plural } = type;
  const request = { user, verb, group, kind, plural, namespace, name };
  for (const rule of api.admission) {
    const verdict = rule({ ...request, ...(subresource && { subresource }), ...(object && { object }), ...(old && { old }) });
    if (!verdict.ok) throw forbidden(type, name, verdict.reason);
  }
}

function sameObject(object: ApiObject, old: ApiObject): boolean {
  const timeless = ({ metadata, ...rest }: ApiObject) => {
    const managedFields = (metadata.managedFields ?? []).map((entry) => ({ ...(entry as object), time: "" }));
    return { ...rest, metadata: { ...metadata, managedFields } };
  };
  return sameJson(timeless(object), timeless(old));
}

/** Whether nothing holds a deleted object back any more. */
function mayGo(object: ApiObject): boolean {
  const { deletionTimestamp, finalizers, deletionGracePeriodSeconds } = object.metadata;
  if (!deletionTimestamp || (finalizers ?? []).length > 0 || (deletionGracePeriodSeconds ?? 0) > 0) return false;
  const spec = object["spec"];
  if (object.kind !== "Namespace" || object.apiVersion !== "v1") return true;
  return ((spec as { finalizers?: string[] } | undefined)?.finalizers ?? []).length === 0;
}

function commit(api: Api, scope: Scope, object: ApiObject, stored: StoredObject | undefined, old?: ApiObject): ApiObject {
  const { type } = scope;
  const key = keyOf(scope, object.metadata.name);
  const shown = object.apiVersion;
  const written = { ...object, apiVersion: type.storage === "events" ? shown : apiVersionOf(type.group, type.storageVersion) };
  if (JSON.stringify(written).length > MAX_OBJECT) throw tooLarge("etcdserver: request is too large");
  if (scope.dryRun) return object;
  if (stored && old && mayGo(object)) api.store.remove(key, written, stored);
  else api.store.put(key, written, stored);
  object.metadata.resourceVersion = written.metadata.resourceVersion as string;
  return object;
}

function freeName(api: Api, scope: Scope, base: string): string {
  for (let attempt = 0; attempt < 8; attempt++) {
    const name = generatedName(base);
    if (!api.store.get(keyOf(scope, name))) return name;
  }
  throw alreadyExists(scope.type, base);
}
