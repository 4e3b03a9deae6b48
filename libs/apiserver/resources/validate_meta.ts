// SPDX-License-Identifier: Apache-2.0
import { type Cause, immutable, invalidValue, required } from "../http/status_error.ts";
import type { ApiObject, Meta } from "../kinds/api_object.ts";
import type { ResourceType } from "../kinds/resource_type.ts";
import { sameJson } from "../patch/mod.ts";
import { label1035Fault, labelFault, labelKeyFault, labelValueFault, pathSegmentFault, subdomainFault } from "../schema/names.ts";

const MAX_ANNOTATIONS = 256 * 1024;

function nameRule(type: ResourceType): (name: string) => string | undefined {
  if (type.group === "rbac.authorization.k8s.io") return pathSegmentFault;
  if (type.storage === "namespaces") return labelFault;
  if (type.storage === "services") return label1035Fault;
  return subdomainFault;
}

/** Faults of an object's metadata, in the API's wording. */
export function metaFaults(type: ResourceType, { metadata: meta }: ApiObject, old?: ApiObject): Cause[] {
  const causes: Cause[] = [];
  if (!meta.name) causes.push(required("metadata.name", "name or generateName is required"));
  else if (!old) {
    const fault = nameRule(type)(meta.name);
    if (fault) causes.push(invalidValue("metadata.name", meta.name, fault));
  }
  for (const [key, value] of Object.entries(meta.labels ?? {})) {
    const keyFault = labelKeyFault(key);
    if (keyFault) causes.push(invalidValue("metadata.labels", key, keyFault));
    const valueFault = labelValueFault(value);
    if (valueFault) causes.push(invalidValue("metadata.labels", value, valueFault));
  }
  let size = 0;
  for (const [key, value] of Object.entries(meta.annotations ?? {})) {
    const fault = labelKeyFault(key.toLowerCase());
    if (fault) causes.push(invalidValue("metadata.annotations", key, fault));
    size += key.length + Buffer.byteLength(value);
  }
  if (size > MAX_ANNOTATIONS) {
    causes.push({
      reason: "FieldValueTooLong",
      message: `Too long: may not be more than ${MAX_ANNOTATIONS} bytes`,
      field: "metadata.annotations",
    });
  }
  for (const name of meta.finalizers ?? []) {
    const fault = labelKeyFault(name);
    if (fault) causes.push(invalidValue("metadata.finalizers", name, fault));
  }
  return [...causes, ...ownerFaults(meta), ...(old ? changeFaults(meta, old.metadata) : [])];
}

function ownerFaults(meta: Meta): Cause[] {
  const owners = meta.ownerReferences ?? [];
  const causes = owners.flatMap((owner, index) =>
    (["apiVersion", "kind", "name", "uid"] as const)
      .filter((member) => typeof owner[member] !== "string" || owner[member] === "")
      .map((member) =>
        invalidValue(`metadata.ownerReferences[${index}].${member}`, owner[member] ?? "", `${member} must not be empty`),
      ),
  );
  if (owners.filter(({ controller }) => controller === true).length > 1) {
    causes.push(
      invalidValue(
        "metadata.ownerReferences",
        owners.map(({ name }) => name),
        "Only one reference can have Controller set to true",
      ),
    );
  }
  return causes;
}

function changeFaults(meta: Meta, old: Meta): Cause[] {
  const causes: Cause[] = [];
  for (const member of ["name", "namespace", "uid", "creationTimestamp"] as const) {
    if (!sameJson(meta[member], old[member])) causes.push(immutable(`metadata.${member}`, meta[member] ?? ""));
  }
  const added = (meta.finalizers ?? []).filter((name) => !old.finalizers?.includes(name));
  if (old.deletionTimestamp && added.length > 0) {
    const names = added.map((name) => JSON.stringify(name)).join(", ");
    causes.push({
      reason: "FieldValueForbidden",
      message: `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${names}}`,
      field: "metadata.finalizers",
    });
  }
  return causes;
}
