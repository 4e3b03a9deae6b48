// SPDX-License-Identifier: Apache-2.0
import { badRequest, conflict, forbidden, notFound } from "../http/status_error.ts";
import { type ApiObject, section, text, timestamp } from "../kinds/api_object.ts";
import { isObject, type Json, type JsonObject } from "../patch/mod.ts";
import { admit } from "./admit.ts";
import { present } from "./present.ts";
import { type Api, keyOf, type Scope } from "./scope.ts";

export type Propagation = "Foreground" | "Background" | "Orphan";

/** metav1.DeleteOptions, as far as they count here. */
export interface DeleteOptions {
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly graceSeconds?: number;
  readonly propagation?: Propagation;
  readonly dryRun: boolean;
}

/** What a deletion did. `gone` is false where finalizers or a grace period hold the object back. */
export interface Deleted {
  readonly object: ApiObject;
  readonly gone: boolean;
}

const LASTING = new Set(["default", "kube-system", "kube-public"]);
const FOREGROUND = "foregroundDeletion";
const ORPHAN = "orphan";

/** Reads the options from the body or, where it has none, from the query. @throws StatusError 400. */
export function readDeleteOptions(body: Json | undefined, query: URLSearchParams): DeleteOptions {
  const from = isObject(body) ? body : {};
  const preconditions = section(from, "preconditions");
  const propagation = text(from["propagationPolicy"]) || query.get("propagationPolicy");
  if (propagation && !["Foreground", "Background", "Orphan"].includes(propagation))
    throw badRequest(`invalid propagationPolicy ${JSON.stringify(propagation)}: use Foreground, Background or Orphan`);
  const orphan = from["orphanDependents"] ?? query.get("orphanDependents");
  const policy = propagation || (orphan === true || orphan === "true" ? "Orphan" : undefined);
  const grace = from["gracePeriodSeconds"] ?? query.get("gracePeriodSeconds");
  if (grace !== null && grace !== undefined && !/^\d+$/.test(String(grace)))
    throw badRequest("gracePeriodSeconds must be a whole number of seconds");
  const dryRun = Array.isArray(from["dryRun"]) ? from["dryRun"].includes("All") : query.get("dryRun") === "All";
  return {
    ...(preconditions["uid"] && { uid: text(preconditions["uid"]) }),
    ...(preconditions["resourceVersion"] && { resourceVersion: text(preconditions["resourceVersion"]) }),
    ...(grace !== null && grace !== undefined && { graceSeconds: Number(grace) }),
    ...(policy && { propagation: policy as Propagation }),
    dryRun,
  };
}

/** @throws StatusError 404, 409 where a precondition fails. */
export function deleteObject(api: Api, scope: Scope, name: string, options: DeleteOptions): Deleted {
  const { type } = scope;
  const key = keyOf(scope, name);
  const stored = api.store.get(key);
  if (!stored) throw notFound(type, name);
  const object = present(stored, type, scope.version);
  const meta = object.metadata;
  if (options.uid !== undefined && options.uid !== meta.uid)
    throw conflict(type, name, `Precondition failed: UID in precondition: ${options.uid}, UID in object meta: ${meta.uid}`);
  if (options.resourceVersion !== undefined && options.resourceVersion !== meta.resourceVersion)
    throw conflict(
      type,
      name,
      `Precondition failed: ResourceVersion in precondition: ${options.resourceVersion}, ResourceVersion in object meta: ${meta.resourceVersion}`,
    );
  if (type.storage === "namespaces" && LASTING.has(name)) throw forbidden(type, name, "this namespace may not be deleted");
  admit(api, scope, "delete", name, undefined, object);
  const before = JSON.stringify(object);
  const finalizers = new Set(meta.finalizers ?? []);
  if (options.propagation !== undefined) {
    finalizers.delete(FOREGROUND);
    finalizers.delete(ORPHAN);
    if (options.propagation === "Foreground") finalizers.add(FOREGROUND);
    if (options.propagation === "Orphan") finalizers.add(ORPHAN);
  }
  if (finalizers.size > 0) meta.finalizers = [...finalizers];
  else delete meta.finalizers;
  const grace = graceOf(object, type.storage, options.graceSeconds);
  const held = finalizers.size > 0 || holdsItself(object, type.storage);
  if (!held && grace === 0) {
    if (options.dryRun || scope.dryRun) return { object, gone: true };
    const change = api.store.remove(key, object, stored);
    return { object: { ...object, metadata: { ...meta, resourceVersion: String(change.rv) } }, gone: true };
  }
  if (!meta.deletionTimestamp) {
    meta.deletionTimestamp = timestamp(api.now() + grace * 1000);
    meta.deletionGracePeriodSeconds = grace;
    if (meta.generation !== undefined) meta.generation++;
  } else if (grace < (meta.deletionGracePeriodSeconds ?? 0)) {
    meta.deletionTimestamp = timestamp(api.now() + grace * 1000);
    meta.deletionGracePeriodSeconds = grace;
  }
  if (type.storage === "namespaces") object["status"] = { ...section(object, "status"), phase: "Terminating" };
  if (JSON.stringify(object) !== before && !options.dryRun && !scope.dryRun) api.store.put(key, object, stored);
  return { object, gone: false };
}

/** Only a pod that runs on a node is given time: its kubelet ends it and deletes it with a grace of 0. */
function graceOf(object: ApiObject, storage: string, asked: number | undefined): number {
  if (storage !== "pods") return 0;
  const spec = section(object, "spec");
  const phase = text(section(object, "status")["phase"]);
  if (!text(spec["nodeName"]) || phase === "Succeeded" || phase === "Failed") return 0;
  const own = spec["terminationGracePeriodSeconds"];
  return asked ?? (typeof own === "number" ? own : 30);
}

function holdsItself(object: ApiObject, storage: string): boolean {
  if (storage !== "namespaces") return false;
  const { finalizers } = section(object, "spec") as { finalizers?: Json };
  return Array.isArray(finalizers) && finalizers.length > 0;
}

/** The Status that answers a deletion that is done. */
export function deletedStatus(scope: Scope, { metadata }: ApiObject): JsonObject {
  const { group, plural } = scope.type;
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: { name: metadata.name, ...(group && { group }), kind: plural, ...(metadata.uid && { uid: metadata.uid }) },
  };
}
