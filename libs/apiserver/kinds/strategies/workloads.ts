// SPDX-License-Identifier: Apache-2.0
import { selectorMatches } from "../../auth/access.ts";
import { type Cause, immutable, invalidValue, required } from "../../http/status_error.ts";
import { type JsonObject, sameJson } from "../../patch/mod.ts";
import { type ApiObject, section, sectionIn } from "../api_object.ts";
import { fill } from "./defaulting.ts";
import { podSpecFaults } from "./pod.ts";
import { fillPodSpec } from "./pod_defaults.ts";
import type { Strategy } from "./strategy.ts";

function template(object: ApiObject): JsonObject {
  const made = sectionIn(sectionIn(object, "spec"), "template");
  fill(made, { metadata: {} });
  return made;
}

function faults(object: ApiObject, old?: ApiObject): Cause[] {
  const spec = section(object, "spec");
  const pods = section(spec, "template");
  const causes: Cause[] = [];
  const selector = section(spec, "selector");
  if (Object.keys(selector).length === 0) causes.push(required("spec.selector"));
  const labels = section(section(pods, "metadata"), "labels") as Record<string, string>;
  if (!selectorMatches(selector, labels)) {
    causes.push(invalidValue("spec.template.metadata.labels", labels, "`selector` does not match template `labels`"));
  }
  causes.push(...podSpecFaults(section(pods, "spec"), "spec.template.spec"));
  if (old && !sameJson(selector, section(section(old, "spec"), "selector"))) causes.push(immutable("spec.selector", selector));
  return causes;
}

export const daemonSet: Strategy = {
  defaults(object) {
    fillPodSpec(sectionIn(template(object), "spec"));
    const spec = sectionIn(object, "spec");
    fill(spec, { revisionHistoryLimit: 10, updateStrategy: {} });
    const strategy = sectionIn(spec, "updateStrategy");
    fill(strategy, { type: "RollingUpdate" });
    if (strategy["type"] === "RollingUpdate") fill(strategy, { rollingUpdate: {} });
    if (strategy["rollingUpdate"] !== undefined) fill(sectionIn(strategy, "rollingUpdate"), { maxUnavailable: 1, maxSurge: 0 });
  },
  create(object) {
    object["status"] = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
    object.metadata.annotations = { ...object.metadata.annotations, "deprecated.daemonset.template.generation": "1" };
  },
  validate: faults,
};

export const deployment: Strategy = {
  defaults(object) {
    fillPodSpec(sectionIn(template(object), "spec"));
    const spec = sectionIn(object, "spec");
    fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, strategy: {} });
    const strategy = sectionIn(spec, "strategy");
    fill(strategy, { type: "RollingUpdate" });
    if (strategy["type"] === "RollingUpdate") {
      fill(strategy, { rollingUpdate: {} });
      fill(sectionIn(strategy, "rollingUpdate"), { maxUnavailable: "25%", maxSurge: "25%" });
    }
  },
  create(object) {
    object["status"] = {};
  },
  validate: faults,
};

export const replicaSet: Strategy = {
  defaults(object) {
    fillPodSpec(sectionIn(template(object), "spec"));
    fill(sectionIn(object, "spec"), { replicas: 1 });
  },
  create(object) {
    object["status"] = { replicas: 0 };
  },
  validate: faults,
};
