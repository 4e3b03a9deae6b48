// SPDX-License-Identifier: Apache-2.0
import { ok, type Result, refuse } from "@strait/model";
import { notFound } from "../http/status_error.ts";
import { objects, section, text } from "../kinds/api_object.ts";
import { sameJson } from "../patch/mod.ts";
import type { AdmissionRequest } from "../resources/scope.ts";
import { covers, type PolicyRule, readRule } from "./access.ts";
import type { Rbac } from "./rbac.ts";

const GROUP = "rbac.authorization.k8s.io";

/**
 * Nobody gives away what they do not have: writing a role needs its rights or the verb "escalate", writing a binding needs the rights
 * of its role or the verb "bind".
 *
 * @throws StatusError 404 where the role of a binding does not exist.
 */
export function escalation(rbac: Rbac, request: AdmissionRequest): Result<unknown> {
  const { user, group, plural, object, old, namespace, name } = request;
  if (group !== GROUP || !object || user.groups.includes("system:masters")) return ok(true);
  const isBinding = plural.endsWith("bindings");
  if (
    old &&
    sameJson(object["rules"], old["rules"]) &&
    sameJson(object["subjects"], old["subjects"]) &&
    !object["aggregationRule"]
  )
    return ok(true);
  const roleRef = section(object, "roleRef");
  const role = { kind: text(roleRef["kind"]), name: text(roleRef["name"]) };
  const target = isBinding ? { plural: role.kind === "Role" ? "roles" : "clusterroles", name: role.name } : { plural, name };
  const asked = { group: GROUP, plural: target.plural, namespace: namespace || undefined, name: target.name };
  if (rbac.allows(user, { verb: isBinding ? "bind" : "escalate", resource: asked })) return ok(true);
  const rules = isBinding ? rbac.roleRules(role.kind, role.name, namespace) : objects(object["rules"]).map(readRule);
  if (!rules) throw notFound({ group: GROUP, plural: target.plural }, target.name);
  const held = rbac.rulesOf(user, namespace || undefined);
  const missing = rules.filter((rule) => !covers(held, rule));
  // An aggregated role takes what others have: nobody can say beforehand how much that is.
  if (!isBinding && object["aggregationRule"] && !covers(held, EVERYTHING)) missing.push(EVERYTHING);
  if (missing.length === 0) return ok(true);
  const groups = user.groups.map((one) => JSON.stringify(one)).join(" ");
  return refuse(
    `user "${user.name}" (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${missing.map(shown).join("\n")}`,
  );
}

const EVERYTHING: PolicyRule = { verbs: ["*"], apiGroups: ["*"], resources: ["*"], resourceNames: [], nonResourceURLs: [] };

function shown({ apiGroups, resources, resourceNames, nonResourceURLs, verbs }: PolicyRule): string {
  const parts: [string, readonly string[]][] = [
    ["APIGroups", apiGroups],
    ["Resources", resources],
    ["ResourceNames", resourceNames],
    ["NonResourceURLs", nonResourceURLs],
    ["Verbs", verbs],
  ];
  return `{${parts
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => `${name}:[${values.map((one) => JSON.stringify(one)).join(", ")}]`)
    .join(", ")}}`;
}
