// SPDX-License-Identifier: Apache-2.0
import { type ApiObject, parseStored, sectionIn, texts, timestamp } from "../kinds/api_object.ts";
import { change, discard, ensure } from "../resources/internal.ts";
import type { Api } from "../resources/scope.ts";
import type { StoredObject } from "../store/stored_object.ts";
import { KeyedWorker } from "./keyed_worker.ts";

const BATCH = 500;

/**
 * Gives every namespace its ServiceAccount `default` and the ConfigMap `kube-root-ca.crt`, and empties the ones that are being deleted.
 *
 * @param ca PEM of the authority.
 */
export function namespaceController(api: Api, ca: string): KeyedWorker {
  const worker = new KeyedWorker({
    name: "namespaces",
    store: api.store,
    log: api.log,
    keysOf: ({ resource, namespace, name, type }) => {
      if (resource === "namespaces") return type === "DELETED" ? [] : [name];
      return namespace && (type === "DELETED" || resource === "configmaps") ? [namespace] : [];
    },
    handle: (name) => {
      const stored = api.store.get({ resource: "namespaces", namespace: "", name });
      if (!stored) return;
      if (parseStored(stored).metadata.deletionTimestamp) {
        if (empty(api, stored)) worker.add(name);
        return;
      }
      ensure(api, "serviceaccounts", name, "default");
      if (!ensure(api, "configmaps", name, "kube-root-ca.crt", { data: { "ca.crt": ca } })) keepCa(api, name, ca);
    },
  });
  worker.add(...api.store.list({ resource: "namespaces" }).map(({ name }) => name));
  return worker;
}

function keepCa(api: Api, namespace: string, ca: string): void {
  const key = { resource: "configmaps", namespace, name: "kube-root-ca.crt" };
  const stored = api.store.get(key);
  if (stored && !stored.body.includes(JSON.stringify(ca)))
    change(api, key, (object) => Object.assign(object, { data: { "ca.crt": ca } }));
}

/** Deletes what is inside; the namespace goes with the last of it. @returns whether there is more to do at once. */
function empty(api: Api, namespace: StoredObject): boolean {
  const inside = api.store.inNamespace(namespace.name, BATCH);
  let deleted = 0;
  for (const stored of inside) {
    // Without its definition a custom resource cannot be deleted the ordinary way.
    if (!api.types.byStorage(stored.resource)) api.store.remove(stored, parseStored(stored), stored);
    else if (!parseStored(stored).metadata.deletionTimestamp) discard(api, stored);
    else continue;
    deleted++;
  }
  if (deleted > 0) return true;
  const key = { resource: "namespaces", namespace: "", name: namespace.name };
  if (inside.length > 0) {
    change(api, key, (object) => report(object, inside, api.now()), "status");
    return false;
  }
  const keep = (object: ApiObject) => {
    const spec = sectionIn(object, "spec");
    spec["finalizers"] = texts(spec["finalizers"]).filter((one) => one !== "kubernetes");
  };
  change(api, key, keep, "finalize");
  return false;
}

/** Says in the namespace's status what keeps it from going. */
function report(object: ApiObject, inside: readonly StoredObject[], now: number): void {
  const finalizers = inside.flatMap((one) => parseStored(one).metadata.finalizers ?? []);
  const count = (values: readonly string[], say: (value: string, n: number) => string) =>
    [...new Set(values)].map((value) => say(value, values.filter((one) => one === value).length)).join(", ");
  const resources = count(
    inside.map(({ resource }) => (resource.includes(".") ? resource : `${resource}.`)),
    (value, n) => `${value} has ${n} resource instances`,
  );
  const held = count(finalizers, (value, n) => `${value} in ${n} resource instances`);
  const condition = (type: string, reason: string, message: string) => ({
    type,
    status: "True",
    lastTransitionTime: timestamp(now),
    reason,
    message,
  });
  sectionIn(object, "status")["conditions"] = [
    condition("NamespaceContentRemaining", "SomeResourcesRemain", `Some resources are remaining: ${resources}`),
    ...(held
      ? [
          condition(
            "NamespaceFinalizersRemaining",
            "SomeFinalizersRemain",
            `Some content in the namespace has finalizers remaining: ${held}`,
          ),
        ]
      : []),
  ];
}
