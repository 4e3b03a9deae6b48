// SPDX-License-Identifier: Apache-2.0
import { type Cause, immutable, invalidValue, required } from "../../http/status_error.ts";
import type { Json, JsonObject } from "../../patch/mod.ts";
import { label1035Fault } from "../../schema/names.ts";
import { structuralFaults } from "../../schema/structural_faults.ts";
import { hasCelRules } from "../../schema/structural_schema.ts";
import { type ApiObject, objects, section, sectionIn, text, texts, timestamp } from "../api_object.ts";
import { fill } from "./defaulting.ts";
import type { Strategy } from "./strategy.ts";

/** Holds a definition back until its objects are gone. */
export const CLEANUP = "customresourcecleanup.apiextensions.k8s.io";

function accepted(object: ApiObject, old: ApiObject | undefined, now: number): JsonObject {
  const spec = section(object, "spec");
  const was = old ? section(old, "status") : {};
  const storage = objects(spec["versions"]).find((version) => version["storage"] === true);
  const stored = new Set([...texts(was["storedVersions"]), text(storage?.["name"])]);
  const condition = (type: string, reason: string, message: string): JsonObject => {
    const known = objects(was["conditions"]).find((one) => one["type"] === type);
    const lastTransitionTime = known?.["status"] === "True" ? text(known["lastTransitionTime"]) : timestamp(now);
    return { type, status: "True", lastTransitionTime, reason, message };
  };
  const others = objects(was["conditions"]).filter(({ type }) => type !== "NamesAccepted" && type !== "Established");
  return {
    conditions: [
      condition("NamesAccepted", "NoConflicts", "no conflicts found"),
      condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
      ...others,
    ],
    acceptedNames: structuredClone(section(spec, "names")),
    storedVersions: [...stored],
  };
}

function versionFaults(version: JsonObject, at: string): Cause[] {
  const causes: Cause[] = [];
  const name = text(version["name"]);
  const fault = label1035Fault(name);
  if (fault) causes.push(invalidValue(`${at}.name`, name, fault));
  const schema = section(version, "schema")["openAPIV3Schema"];
  if (schema === undefined) causes.push(required(`${at}.schema.openAPIV3Schema`, "schemas are required"));
  else causes.push(...structuralFaults(schema, `${at}.schema.openAPIV3Schema`));
  return causes;
}

/** A definition is in force as soon as it is written. */
export const customResourceDefinition: Strategy = {
  defaults(object) {
    const spec = sectionIn(object, "spec");
    const names = sectionIn(spec, "names");
    fill(names, { singular: text(names["kind"]).toLowerCase(), listKind: `${text(names["kind"])}List` });
    fill(spec, { conversion: { strategy: "None" } });
    for (const version of objects(spec["versions"])) {
      for (const column of objects(version["additionalPrinterColumns"])) if (column["priority"] === 0) delete column["priority"];
    }
  },
  create(object, api, scope) {
    object.metadata.finalizers = [...new Set([...(object.metadata.finalizers ?? []), CLEANUP])];
    object["status"] = accepted(object, undefined, api.now());
    warnOfRules(object, scope.warn);
  },
  update(object, old, api, scope) {
    if (scope.subresource === "status") return;
    object["status"] = accepted(object, old, api.now());
    warnOfRules(object, scope.warn);
  },
  validate(object, old) {
    const spec = section(object, "spec");
    const names = section(spec, "names");
    const causes: Cause[] = [];
    const [group, plural, kind] = [text(spec["group"]), text(names["plural"]), text(names["kind"])];
    if (!group) causes.push(required("spec.group"));
    else if (!group.includes(".")) causes.push(invalidValue("spec.group", group, "should be a domain with at least one dot"));
    if (!plural) causes.push(required("spec.names.plural"));
    if (!kind) causes.push(required("spec.names.kind"));
    if (object.metadata.name !== `${plural}.${group}`)
      causes.push(invalidValue("metadata.name", object.metadata.name, 'must be spec.names.plural+"."+spec.group'));
    const scopeName = text(spec["scope"]);
    if (scopeName !== "Namespaced" && scopeName !== "Cluster") {
      const message = `Unsupported value: "${scopeName}": supported values: "Cluster", "Namespaced"`;
      causes.push({ reason: "FieldValueNotSupported", message, field: "spec.scope" });
    }
    const versions = objects(spec["versions"]);
    if (versions.filter((version) => version["storage"] === true).length !== 1)
      causes.push(
        invalidValue("spec.versions", names["plural"] as Json, "must have exactly one version marked as storage version"),
      );
    causes.push(...versions.flatMap((version, index) => versionFaults(version, `spec.versions[${index}]`)));
    const conversion = text(section(spec, "conversion")["strategy"]);
    if (conversion !== "None") {
      causes.push(
        invalidValue("spec.conversion.strategy", conversion, "this server converts by changing apiVersion only: use None"),
      );
    }
    if (old) causes.push(...changeFaults(spec, section(old, "spec")));
    return causes;
  },
};

function changeFaults(spec: JsonObject, old: JsonObject): Cause[] {
  const [names, was] = [section(spec, "names"), section(old, "names")];
  const causes: Cause[] = [];
  if (spec["group"] !== old["group"]) causes.push(immutable("spec.group", spec["group"] ?? ""));
  if (spec["scope"] !== old["scope"]) causes.push(immutable("spec.scope", spec["scope"] ?? ""));
  for (const name of ["plural", "kind"])
    if (names[name] !== was[name]) causes.push(immutable(`spec.names.${name}`, names[name] ?? ""));
  return causes;
}

function warnOfRules(object: ApiObject, warn: (message: string) => void): void {
  for (const version of objects(section(object, "spec")["versions"])) {
    if (hasCelRules(section(version, "schema")["openAPIV3Schema"]))
      warn(`version ${text(version["name"])}: x-kubernetes-validations are not evaluated by this server`);
  }
}
