// SPDX-License-Identifier: Apache-2.0
import { parseStored } from "../kinds/api_object.ts";
import { customType } from "../kinds/custom_type.ts";
import { CLEANUP } from "../kinds/strategies/custom_resource_definition.ts";
import { change, discard } from "../resources/internal.ts";
import type { Api } from "../resources/scope.ts";
import type { Change } from "../store/stored_object.ts";
import { KeyedWorker } from "./keyed_worker.ts";

const RESOURCE = "customresourcedefinitions.apiextensions.k8s.io";

/**
 * Keeps the served types those of the definitions: a new one is served from the moment its definition is committed. @returns what ends it.
 */
export function followDefinitions(api: Api): () => void {
  /** What was compiled, by name: a change of the status alone must not compile the schemas again. */
  const specs = new Map<string, string>();
  const set = (name: string, body: string) => {
    const crd = parseStored({ body });
    const spec = JSON.stringify(crd["spec"]);
    if (specs.get(name) === spec) return;
    specs.set(name, spec);
    api.types.set(customType(crd));
  };
  for (const { name, body } of api.store.list({ resource: RESOURCE })) set(name, body);
  return api.store.onChange(({ resource, type, name, body }: Change) => {
    if (resource !== RESOURCE) return;
    if (type !== "DELETED") return set(name, body);
    const [plural = "", ...group] = name.split(".");
    specs.delete(name);
    api.types.delete(group.join("."), plural);
  });
}

/** Removes the objects of definitions that are being deleted, then lets the definitions go. */
export function definitionCleanup(api: Api): KeyedWorker {
  const worker = new KeyedWorker({
    name: "definitions",
    store: api.store,
    log: api.log,
    keysOf: ({ resource, type, name }) => {
      if (resource === RESOURCE) return type === "MODIFIED" ? [name] : [];
      return type === "DELETED" ? [resource] : [];
    },
    handle: (name) => {
      const stored = api.store.get({ resource: RESOURCE, namespace: "", name });
      const crd = stored && parseStored(stored);
      if (!stored || !crd?.metadata.deletionTimestamp) return;
      const left = api.store.list({ resource: name });
      for (const one of left) if (!parseStored(one).metadata.deletionTimestamp) discard(api, one);
      if (api.store.count({ resource: name }) > 0) return;
      change(api, stored, (object) => {
        object.metadata.finalizers = (object.metadata.finalizers ?? []).filter((one) => one !== CLEANUP);
      });
    },
  });
  worker.add(...api.store.list({ resource: RESOURCE }).map(({ name }) => name));
  return worker;
}
