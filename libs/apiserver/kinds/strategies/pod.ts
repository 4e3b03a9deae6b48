// SPDX-License-Identifier: Apache-2.0
import { type Cause, forbidden, invalidValue, notSupported, required } from "../../http/status_error.ts";
import { type JsonObject, sameJson } from "../../patch/mod.ts";
import { labelFault } from "../../schema/names.ts";
import { objects, parseStored, section, sectionIn, text } from "../api_object.ts";
import { mountAccount } from "./account_volume.ts";
import { fill } from "./defaulting.ts";
import { fillPodSpec } from "./pod_defaults.ts";
import { isPort, protocolFaults } from "./ports.ts";
import type { Strategy } from "./strategy.ts";

/** What may change in a pod's specification after it was created. */
const MUTABLE = ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates"];

const POLICIES = ["Always", "OnFailure", "Never"];

function withoutMutable(spec: JsonObject): JsonObject {
  const rest: JsonObject = { ...spec };
  for (const name of MUTABLE) delete rest[name];
  for (const list of ["containers", "initContainers"]) {
    if (rest[list] !== undefined) rest[list] = objects(rest[list]).map(({ image: _, ...container }) => container as JsonObject);
  }
  return rest;
}

function containerPortFaults(port: JsonObject, at: string): Cause[] {
  const causes: Cause[] = [];
  const range = "must be between 1 and 65535, inclusive";
  const { containerPort = 0, hostPort = 0 } = port;
  if (containerPort === 0) causes.push(required(`${at}.containerPort`));
  else if (!isPort(containerPort)) causes.push(invalidValue(`${at}.containerPort`, containerPort, range));
  if (hostPort !== 0 && !isPort(hostPort)) causes.push(invalidValue(`${at}.hostPort`, hostPort, range));
  causes.push(...protocolFaults(port["protocol"], `${at}.protocol`));
  return causes;
}

/** Faults of a pod's specification, under `path` ("spec", "spec.template.spec"). */
export function podSpecFaults(spec: JsonObject, path: string): Cause[] {
  const causes: Cause[] = [];
  const containers = objects(spec["containers"]);
  if (containers.length === 0) causes.push(required(`${path}.containers`));
  const seen = new Set<string>();
  containers.forEach((container, index) => {
    const at = `${path}.containers[${index}]`;
    const name = text(container["name"]);
    if (!name) causes.push(required(`${at}.name`));
    else {
      const fault = labelFault(name);
      if (fault) causes.push(invalidValue(`${at}.name`, name, fault));
      if (seen.has(name))
        causes.push({ reason: "FieldValueDuplicate", message: `Duplicate value: "${name}"`, field: `${at}.name` });
      seen.add(name);
    }
    if (!text(container["image"])) causes.push(required(`${at}.image`));
    causes.push(...objects(container["ports"]).flatMap((port, which) => containerPortFaults(port, `${at}.ports[${which}]`)));
  });
  const policy = text(spec["restartPolicy"]);
  if (policy && !POLICIES.includes(policy)) causes.push(notSupported(`${path}.restartPolicy`, policy, POLICIES));
  return causes;
}

export const pod: Strategy = {
  defaults(object) {
    const spec = sectionIn(object, "spec");
    fillPodSpec(spec);
    fill(spec, { enableServiceLinks: true });
  },
  create(object, api, scope) {
    const spec = sectionIn(object, "spec");
    fill(spec, { serviceAccountName: text(spec["serviceAccount"]) || "default" });
    const name = text(spec["serviceAccountName"]);
    spec["serviceAccount"] = name;
    fill(spec, { preemptionPolicy: "PreemptLowerPriority", priority: 0 });
    object["status"] = { phase: "Pending", qosClass: qosClass(spec) };
    const { namespace } = scope;
    const account = api.store.get({ resource: "serviceaccounts", namespace, name });
    if (account) {
      const wanted = spec["automountServiceAccountToken"] ?? parseStored(account)["automountServiceAccountToken"];
      if (wanted !== false) mountAccount(spec);
      return;
    }
    throw forbidden(
      scope.type,
      object.metadata.name,
      `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`,
    );
  },
  validate(object, old) {
    const causes = podSpecFaults(section(object, "spec"), "spec");
    if (old && !sameJson(withoutMutable(section(object, "spec")), withoutMutable(bound(old, object)))) {
      causes.push({
        reason: "FieldValueForbidden",
        message:
          "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
        field: "spec",
      });
    }
    return causes;
  },
};

/** A pod that waits for a node may be given one: that is what a binding does. */
function bound(old: JsonObject, object: JsonObject): JsonObject {
  const spec = section(old, "spec");
  const nodeName = section(object, "spec")["nodeName"];
  return spec["nodeName"] === undefined && nodeName !== undefined ? { ...spec, nodeName } : spec;
}

function qosClass(spec: JsonObject): string {
  const all = [...objects(spec["containers"]), ...objects(spec["initContainers"])].map((one) => section(one, "resources"));
  const limits = all.map((one) => section(one, "limits"));
  if (all.every((one) => Object.keys(one).length === 0)) return "BestEffort";
  const guaranteed = all.every((one, index) => {
    const [limit, request] = [limits[index] ?? {}, { ...limits[index], ...section(one, "requests") }];
    return ["cpu", "memory"].every((name) => limit[name] !== undefined && limit[name] === request[name]);
  });
  return guaranteed ? "Guaranteed" : "Burstable";
}
