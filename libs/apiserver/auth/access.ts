// SPDX-License-Identifier: Apache-2.0
import { section, text, texts } from "../kinds/api_object.ts";
import type { Json, JsonObject } from "../patch/mod.ts";

/** What somebody wants to do. */
export interface Access {
  readonly verb: string;
  /** A resource, else `path` counts. */
  readonly resource?: {
    readonly group: string;
    readonly plural: string;
    readonly subresource?: string | undefined;
    readonly namespace?: string | undefined;
    readonly name?: string | undefined;
  };
  readonly path?: string;
}

/** One rule of a Role or ClusterRole. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

export function readRule(value: JsonObject): PolicyRule {
  return {
    verbs: texts(value["verbs"]),
    apiGroups: texts(value["apiGroups"]),
    resources: texts(value["resources"]),
    resourceNames: texts(value["resourceNames"]),
    nonResourceURLs: texts(value["nonResourceURLs"]),
  };
}

/** Whether a rule allows it. Where the rule applies (which namespace) is the binding's matter. */
export function ruleAllows(rule: PolicyRule, { verb, resource, path }: Access): boolean {
  if (!rule.verbs.includes("*") && !rule.verbs.includes(verb)) return false;
  if (!resource) return path !== undefined && rule.nonResourceURLs.some((pattern) => pathMatches(pattern, path));
  const { group, plural, subresource, name } = resource;
  if (!rule.apiGroups.includes("*") && !rule.apiGroups.includes(group)) return false;
  const whole = subresource ? `${plural}/${subresource}` : plural;
  const fits = rule.resources.some(
    (one) => one === "*" || one === whole || (subresource !== undefined && one === `*/${subresource}`),
  );
  return fits && (rule.resourceNames.length === 0 || (name !== undefined && rule.resourceNames.includes(name)));
}

function pathMatches(pattern: string, path: string): boolean {
  return pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}

/**
 * Whether some of the rules held cover everything a rule gives: each combination of its verbs, groups, resources and names.
 */
export function covers(held: readonly PolicyRule[], rule: PolicyRule): boolean {
  const names = rule.resourceNames.length > 0 ? rule.resourceNames : [undefined];
  for (const verb of rule.verbs) {
    const able = held.filter(({ verbs }) => verbs.includes("*") || verbs.includes(verb));
    for (const url of rule.nonResourceURLs) {
      if (!able.some((own) => own.nonResourceURLs.some((pattern) => pattern === url || pathMatches(pattern, url)))) return false;
    }
    for (const group of rule.apiGroups)
      for (const resource of rule.resources)
        for (const name of names) if (!able.some((own) => coversOne(own, group, resource, name))) return false;
  }
  return true;
}

function coversOne(own: PolicyRule, group: string, resource: string, name: string | undefined): boolean {
  if (!own.apiGroups.includes("*") && !own.apiGroups.includes(group)) return false;
  const sub = resource.split("/")[1];
  const fits = own.resources.some((one) => one === "*" || one === resource || (sub !== undefined && one === `*/${sub}`));
  return fits && (own.resourceNames.length === 0 || (name !== undefined && own.resourceNames.includes(name)));
}

/** Whether an object-form label selector matches. An empty one matches everything. */
export function selectorMatches(selector: JsonObject, labels: Readonly<Record<string, string>>): boolean {
  const wanted = section(selector, "matchLabels");
  if (!Object.entries(wanted).every(([key, value]) => labels[key] === value)) return false;
  const expressions = Array.isArray(selector["matchExpressions"]) ? selector["matchExpressions"] : [];
  return expressions.every((one: Json) => {
    const expression = one as JsonObject;
    const value = labels[text(expression["key"])];
    switch (expression["operator"]) {
      case "In":
        return value !== undefined && texts(expression["values"]).includes(value);
      case "NotIn":
        return value === undefined || !texts(expression["values"]).includes(value);
      case "Exists":
        return value !== undefined;
      case "DoesNotExist":
        return value === undefined;
      default:
        return false;
    }
  });
}
