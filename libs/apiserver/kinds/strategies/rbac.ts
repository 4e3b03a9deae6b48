// SPDX-License-Identifier: Apache-2.0
import { type Cause, invalidValue, required } from "../../http/status_error.ts";
import { sameJson } from "../../patch/mod.ts";
import { objects, section, sectionIn, text, texts } from "../api_object.ts";
import { fill } from "./defaulting.ts";
import type { Strategy } from "./strategy.ts";

const GROUP = "rbac.authorization.k8s.io";

/** Role and ClusterRole. */
export const role: Strategy = {
  defaults: (object) => fill(object, { rules: [] }),
  validate(object) {
    return objects(object["rules"]).flatMap((rule, index): Cause[] => {
      const at = `rules[${index}]`;
      const causes: Cause[] = [];
      const [urls, groups, resources] = [texts(rule["nonResourceURLs"]), texts(rule["apiGroups"]), texts(rule["resources"])];
      if (texts(rule["verbs"]).length === 0) causes.push(required(`${at}.verbs`, "verbs must contain at least one value"));
      if (urls.length > 0) {
        if (object.kind === "Role")
          causes.push(invalidValue(`${at}.nonResourceURLs`, urls, "namespaced rules cannot apply to non-resource URLs"));
        return causes;
      }
      if (groups.length === 0) causes.push(required(`${at}.apiGroups`, "resource rules must supply at least one api group"));
      if (resources.length === 0) causes.push(required(`${at}.resources`, "resource rules must supply at least one resource"));
      return causes;
    });
  },
};

/** RoleBinding and ClusterRoleBinding: the role never changes, or whoever may change subjects could gain another one. */
export const binding: Strategy = {
  defaults(object) {
    fill(sectionIn(object, "roleRef"), { apiGroup: GROUP });
    for (const subject of objects(object["subjects"]))
      if (subject["kind"] !== "ServiceAccount") fill(subject, { apiGroup: GROUP });
  },
  validate(object, old) {
    const causes: Cause[] = [];
    const ref = section(object, "roleRef");
    if (old && !sameJson(ref, section(old, "roleRef"))) causes.push(invalidValue("roleRef", ref, "cannot change roleRef"));
    const kinds = object.kind === "RoleBinding" ? ["Role", "ClusterRole"] : ["ClusterRole"];
    if (!kinds.includes(text(ref["kind"]))) {
      const supported = kinds.map((kind) => `"${kind}"`).join(", ");
      causes.push({
        reason: "FieldValueNotSupported",
        message: `Unsupported value: ${JSON.stringify(ref["kind"] ?? "")}: supported values: ${supported}`,
        field: "roleRef.kind",
      });
    }
    if (!text(ref["name"])) causes.push(required("roleRef.name"));
    objects(object["subjects"]).forEach((subject, index) => {
      if (!text(subject["name"])) causes.push(required(`subjects[${index}].name`));
      if (subject["kind"] === "ServiceAccount" && !text(subject["namespace"]) && object.kind === "ClusterRoleBinding")
        causes.push(required(`subjects[${index}].namespace`));
    });
    return causes;
  },
};
