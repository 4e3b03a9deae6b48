// SPDX-License-Identifier: Apache-2.0
import type { BoundTo, ServiceAccountTokens } from "../auth/service_accounts.ts";
import { ISSUER } from "../auth/token_issuer.ts";
import { objects, parseStored, section, sectionIn, text, texts, timestamp } from "../kinds/api_object.ts";
import { isObject, type Json, type JsonObject } from "../patch/mod.ts";
import { deleteObject, readDeleteOptions } from "../resources/delete.ts";
import { getObject } from "../resources/read.ts";
import { type Api, keyOf, type Scope } from "../resources/scope.ts";
import { updateObject } from "../resources/write.ts";
import { json } from "./answer.ts";
import { readPayload } from "./read_payload.ts";
import { badRequest, conflict, invalid, invalidValue, methodNotAllowed, notFound, StatusError } from "./status_error.ts";

const HOUR = 3600;

/**
 * Answers a request to a subresource that is no part of the object itself: binding, eviction, log, token, scale.
 *
 * @returns undefined where the subresource is not one of these. @throws StatusError.
 */
export async function serveSubresource(
  api: Api,
  tokens: ServiceAccountTokens,
  scope: Scope,
  verb: string,
  request: Request,
): Promise<Response | undefined> {
  const { name = "", subresource, type } = scope;
  if (subresource === "scale") return serveScale(api, scope, verb, request);
  if (subresource === "log") {
    throw new StatusError(501, "NotImplemented", "logs are not kept by this server: look at them on the node of the pod", {});
  }
  if (subresource !== "binding" && subresource !== "eviction" && subresource !== "token") return undefined;
  if (verb !== "create") throw methodNotAllowed(type);
  const { value } = await readPayload(request);
  const body = isObject(value) ? value : {};
  if (subresource === "token") return json(tokenRequest(api, tokens, scope, body), 201);
  const success: JsonObject = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 };
  if (subresource === "eviction") {
    deleteObject(api, scope, name, readDeleteOptions(body["deleteOptions"], scope.query));
    return json(success, 201);
  }
  bind(api, scope, name, body);
  return json(success, 201);
}

function bind(api: Api, scope: Scope, name: string, body: JsonObject): void {
  const node = text(section(body, "target")["name"]);
  if (!node) throw badRequest("target.name: Required value");
  const uid = text(section(body, "metadata")["uid"]);
  updateObject(api, scope, name, (object) => {
    if (uid && uid !== object.metadata.uid)
      throw conflict(
        scope.type,
        name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${object.metadata.uid}`,
      );
    const spec = sectionIn(object, "spec");
    if (text(spec["nodeName"]))
      throw conflict(scope.type, name, `pod ${name} is already assigned to node "${text(spec["nodeName"])}"`);
    spec["nodeName"] = node;
    const status = sectionIn(object, "status");
    const conditions = objects(status["conditions"]).filter((one) => one["type"] !== "PodScheduled");
    const scheduled = { type: "PodScheduled", status: "True", lastProbeTime: null, lastTransitionTime: timestamp(api.now()) };
    status["conditions"] = [...conditions, scheduled];
    return object;
  });
}

function tokenRequest(api: Api, tokens: ServiceAccountTokens, scope: Scope, body: JsonObject): JsonObject {
  const { name = "", namespace } = scope;
  const account = getObject(api, scope, name);
  const spec = section(body, "spec");
  const seconds = spec["expirationSeconds"] ?? HOUR;
  if (typeof seconds !== "number" || seconds < 600)
    throw invalid("authentication.k8s.io", "TokenRequest", "", [
      invalidValue("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes"),
    ]);
  const asked = texts(spec["audiences"]);
  const audiences = asked.length > 0 ? asked : [ISSUER];
  const bound = boundTo(api, namespace, spec["boundObjectRef"]);
  const token = scope.dryRun ? "" : tokens.issue(account, audiences, seconds, bound);
  return {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: { name, namespace, creationTimestamp: timestamp(api.now()) },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: spec["boundObjectRef"] ?? null },
    status: { token, expirationTimestamp: timestamp(api.now() + seconds * 1000) },
  };
}

function boundTo(api: Api, namespace: string, ref: Json | undefined): BoundTo | undefined {
  if (!isObject(ref)) return undefined;
  const [kind, name] = [text(ref["kind"]), text(ref["name"])];
  if (kind !== "Pod" && kind !== "Secret") throw badRequest(`cannot bind a token to a ${kind}: use Pod or Secret`);
  const resource = kind === "Pod" ? "pods" : "secrets";
  const stored = api.store.get({ resource, namespace, name });
  if (!stored) throw notFound({ group: "", plural: resource }, name);
  const uid = parseStored(stored).metadata.uid ?? "";
  if (ref["uid"] && ref["uid"] !== uid)
    throw conflict(
      { group: "", plural: resource },
      name,
      `the UID in the bound object reference (${text(ref["uid"])}) does not match the UID in record`,
    );
  return { kind, name, uid };
}

async function serveScale(api: Api, scope: Scope, verb: string, request: Request): Promise<Response> {
  const { name = "", version } = scope;
  const paths = version.scale;
  if (!paths) throw methodNotAllowed(scope.type);
  if (verb === "get") return json(scaleOf(getObject(api, scope, name), paths));
  if (verb !== "update" && verb !== "patch") throw methodNotAllowed(scope.type);
  const { value } = await readPayload(request);
  const replicas = isObject(value) ? section(value, "spec")["replicas"] : undefined;
  if (typeof replicas !== "number" || replicas < 0) throw badRequest("spec.replicas must be a number of 0 or more");
  if (!api.store.get(keyOf(scope, name))) throw notFound(scope.type, name);
  const { object } = updateObject(api, scope, name, (current) => {
    const steps = paths.specReplicasPath.split(".").slice(1);
    const last = steps.pop() ?? "replicas";
    let at: JsonObject = current;
    for (const step of steps) at = sectionIn(at, step);
    at[last] = replicas;
    return current;
  });
  return json(scaleOf(object, paths));
}

function scaleOf(
  object: JsonObject & { metadata: JsonObject },
  paths: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string },
): JsonObject {
  const at = (path: string): Json | undefined => {
    let value: Json | undefined = object;
    for (const step of path.split(".").slice(1)) value = isObject(value) ? value[step] : undefined;
    return value;
  };
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = paths.labelSelectorPath === undefined ? undefined : at(paths.labelSelectorPath);
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: at(paths.specReplicasPath) ?? 0 },
    status: { replicas: at(paths.statusReplicasPath) ?? 0, ...(typeof selector === "string" && { selector }) },
  };
}
