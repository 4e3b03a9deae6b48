// SPDX-License-Identifier: Apache-2.0
import type { ReviewType } from "../discovery/discovery.ts";
import { json } from "../http/answer.ts";
import type { SpecialHandler } from "../http/api_app.ts";
import { readPayload } from "../http/read_payload.ts";
import { badRequest, methodNotAllowed } from "../http/status_error.ts";
import { section, text, texts } from "../kinds/api_object.ts";
import { isObject, type JsonObject } from "../patch/mod.ts";
import type { Access } from "./access.ts";
import type { Rbac } from "./rbac.ts";
import type { ServiceAccountTokens } from "./service_accounts.ts";
import { ISSUER } from "./token_issuer.ts";
import type { User } from "./user.ts";

const AUTHORIZATION = { group: "authorization.k8s.io", version: "v1" };
const AUTHENTICATION = { group: "authentication.k8s.io", version: "v1" };

/** Kinds that answer a question and are never stored. */
export const reviewTypes: readonly ReviewType[] = [
  { ...AUTHENTICATION, kind: "SelfSubjectReview", plural: "selfsubjectreviews", namespaced: false },
  { ...AUTHENTICATION, kind: "TokenReview", plural: "tokenreviews", namespaced: false },
  { ...AUTHORIZATION, kind: "LocalSubjectAccessReview", plural: "localsubjectaccessreviews", namespaced: true },
  { ...AUTHORIZATION, kind: "SelfSubjectAccessReview", plural: "selfsubjectaccessreviews", namespaced: false },
  { ...AUTHORIZATION, kind: "SelfSubjectRulesReview", plural: "selfsubjectrulesreviews", namespaced: false },
  { ...AUTHORIZATION, kind: "SubjectAccessReview", plural: "subjectaccessreviews", namespaced: false },
];

/** Answers POSTs of the review kinds. */
export function reviewHandler(rbac: Rbac, tokens: ServiceAccountTokens): SpecialHandler {
  return async (request, { verb, resource }, user) => {
    const type = reviewTypes.find(
      ({ group, version, plural }) => group === resource?.group && version === resource.version && plural === resource.plural,
    );
    if (!type || !resource) return undefined;
    if (verb !== "create") throw methodNotAllowed(type);
    const { value } = await readPayload(request);
    if (!isObject(value)) throw badRequest("the request has no body");
    if (value["kind"] !== undefined && value["kind"] !== type.kind) throw badRequest(`a ${value["kind"]} is not a ${type.kind}`);
    const spec = section(value, "spec");
    const head = { kind: type.kind, apiVersion: `${type.group}/${type.version}`, metadata: { creationTimestamp: null } };
    const answer = (status: JsonObject) => json({ ...head, ...(value["spec"] !== undefined && { spec }), status }, 201);
    switch (type.kind) {
      case "SelfSubjectReview":
        return json({ ...head, status: { userInfo: shown(user) } }, 201);
      case "TokenReview": {
        const wanted = texts(spec["audiences"]);
        const reviewed = tokens.review(text(spec["token"]), wanted.length > 0 ? wanted : [ISSUER]);
        if (!reviewed.ok) return answer({ user: {}, error: reviewed.reason });
        return answer({ authenticated: true, user: shown(reviewed.value.user), audiences: [...reviewed.value.audiences] });
      }
      case "SelfSubjectRulesReview":
        return answer(rulesStatus(rbac, user, text(spec["namespace"])));
      case "SelfSubjectAccessReview":
        return answer(accessStatus(rbac, user, spec));
      default: {
        const extra = section(spec, "extra") as Record<string, string[]>;
        const subject = { name: text(spec["user"]), uid: text(spec["uid"]), groups: texts(spec["groups"]), extra };
        const attributes = section(spec, "resourceAttributes");
        if (type.kind === "LocalSubjectAccessReview" && text(attributes["namespace"]) !== resource.namespace)
          throw badRequest("spec.resourceAttributes.namespace must match the namespace of the request");
        return answer(accessStatus(rbac, subject, spec));
      }
    }
  };
}

function shown({ name, uid, groups, extra }: User): JsonObject {
  return {
    username: name,
    ...(uid && { uid }),
    groups: [...groups],
    ...(extra && { extra: Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]])) }),
  };
}

function accessStatus(rbac: Rbac, user: User, spec: JsonObject): JsonObject {
  const [attributes, urls] = [spec["resourceAttributes"], spec["nonResourceAttributes"]];
  if (isObject(attributes) === isObject(urls))
    throw badRequest("exactly one of nonResourceAttributes or resourceAttributes must be specified");
  const access: Access = isObject(attributes)
    ? {
        verb: text(attributes["verb"]),
        resource: {
          group: text(attributes["group"]),
          plural: text(attributes["resource"]),
          subresource: text(attributes["subresource"]) || undefined,
          namespace: text(attributes["namespace"]) || undefined,
          name: text(attributes["name"]) || undefined,
        },
      }
    : { verb: text(isObject(urls) ? urls["verb"] : ""), path: text(isObject(urls) ? urls["path"] : "") };
  return { allowed: rbac.allows(user, access) };
}

function rulesStatus(rbac: Rbac, user: User, namespace: string): JsonObject {
  const rules = rbac.rulesOf(user, namespace);
  if (user.groups.includes("system:masters")) {
    rules.push({ verbs: ["*"], apiGroups: ["*"], resources: ["*"], resourceNames: [], nonResourceURLs: [] });
    rules.push({ verbs: ["*"], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: ["*"] });
  }
  return {
    resourceRules: rules
      .filter(({ resources }) => resources.length > 0)
      .map(({ verbs, apiGroups, resources, resourceNames }) => ({
        verbs: [...verbs],
        apiGroups: [...apiGroups],
        resources: [...resources],
        ...(resourceNames.length > 0 && { resourceNames: [...resourceNames] }),
      })),
    nonResourceRules: rules
      .filter(({ nonResourceURLs }) => nonResourceURLs.length > 0)
      .map(({ verbs, nonResourceURLs }) => ({ verbs: [...verbs], nonResourceURLs: [...nonResourceURLs] })),
    incomplete: false,
  };
}
