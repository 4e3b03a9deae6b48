// SPDX-License-Identifier: Apache-2.0
import { alreadyExists, badRequest, type Cause, conflict, invalid, notFound } from "../http/status_error.ts";
import { type ApiObject, timestamp } from "../kinds/api_object.ts";
import { strategyOf } from "../kinds/strategies/strategy_of.ts";
import { admit } from "./admit.ts";
import { commit } from "./commit.ts";
import { trackFields } from "./field_managers.ts";
import { generatedName } from "./generated_name.ts";
import { checkNamespace } from "./namespace_lifecycle.ts";
import { present } from "./present.ts";
import { type Api, keyOf, type Scope } from "./scope.ts";
import { bumpGeneration, deletionFaults, keepSystemFields, sameObject } from "./system_fields.ts";
import { metaFaults } from "./validate_meta.ts";

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

function freeName(api: Api, scope: Scope, base: string): string {
  for (let attempt = 0; attempt < 8; attempt++) {
    const name = generatedName(base);
    if (!api.store.get(keyOf(scope, name))) return name;
  }
  throw alreadyExists(scope.type, base);
}
