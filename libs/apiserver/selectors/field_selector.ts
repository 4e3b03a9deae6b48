// SPDX-License-Identifier: Apache-2.0
import { ok, type Result, refuse } from "@strait/model";
import { isObject, type Json, own } from "../patch/json.ts";

/** One term: the field at `path` is, or is not, the value. */
export interface FieldTerm {
  readonly path: string;
  readonly value: string;
  readonly equal: boolean;
}

/** A field selector that was read. `terms` lets a store take a short way for metadata.name. */
export interface FieldSelector {
  readonly terms: readonly FieldTerm[];
  matches(object: Json): boolean;
}

/** What can be selected on besides the name and namespace, by `group/Kind`; the group of the core is empty. */
const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  "/Pod": [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.podIPs",
    "status.nominatedNodeName",
  ],
  "/Node": ["spec.unschedulable"],
  "/Namespace": ["status.phase"],
  "/Secret": ["type"],
  "/Service": ["spec.clusterIP", "spec.type"],
  "/Event": [
    ...["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"].map((name) => `involvedObject.${name}`),
    "reason",
    "reportingComponent",
    "source",
    "type",
  ],
  "events.k8s.io/Event": [
    ...["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"].map((name) => `regarding.${name}`),
    "reason",
    "reportingController",
    "type",
  ],
};

/** Booleans that read as false where the object does not have them. */
const booleans = new Set(["spec.unschedulable", "spec.hostNetwork"]);

/**
 * Reads `?fieldSelector=`: `a=b`, `a==b` and `a!=b` joined by commas; `\,`, `\=` and `\\` are literal. Only the fields that Kubernetes lets
 * one select on are taken, and `selectable` (the paths of a CRD's `selectableFields`, without the leading dot). A refusal is
 * HTTP 400.
 *
 * @example parseFieldSelector("metadata.name=a,spec.nodeName!=w1", { group: "", kind: "Pod" })
 */
export function parseFieldSelector(
  text: string,
  of: { readonly group: string; readonly kind: string },
  selectable: readonly string[] = [],
): Result<FieldSelector> {
  const known = fieldsOf[`${of.group}/${of.kind}`];
  const terms: FieldTerm[] = [];
  for (const part of split(text, ",")) {
    if (part === "") continue;
    const term = /^((?:[^\\=!]|\\.)*?)(!=|==|=)(.*)$/s.exec(part);
    if (term === null) return refuse(`invalid selector: '${text}'; can't understand '${part}'`);
    const [, path = "", sign = "", raw = ""] = term;
    const value = literal(raw);
    if (value === undefined) return refuse(`invalid field selector: invalid escape sequence in '${raw}'`);
    if (path !== "metadata.name" && path !== "metadata.namespace" && !known?.includes(path) && !selectable.includes(path)) {
      const isBuiltIn = !of.group.includes(".") || of.group.endsWith(".k8s.io");
      return refuse(
        known !== undefined || !isBuiltIn
          ? `field label not supported: ${path}`
          : `${JSON.stringify(path)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
      );
    }
    terms.push({ path, value, equal: sign !== "!=" });
  }
  return ok({
    terms,
    matches: (object) => terms.every((term) => valuesAt(object, term.path).includes(term.value) === term.equal),
  });
}

/** The texts that a field has in an object: one, except for lists, of which each counts. */
function valuesAt(object: Json, path: string): string[] {
  const found = at(object, path.split("."));
  if (path === "status.podIPs" && Array.isArray(found)) return found.map((entry) => text(isObject(entry) ? entry["ip"] : ""));
  if (path === "source" && isObject(object)) {
    const source = object["source"];
    const component = isObject(source) ? text(source["component"]) : "";
    return [component === "" ? text(object["reportingComponent"]) : component];
  }
  if (found === undefined && booleans.has(path)) return ["false"];
  return [text(found)];
}

function at(object: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = object;
  for (const name of path) {
    if (!isObject(value)) return undefined;
    value = own(value, name);
  }
  return value;
}

const text = (value: Json | undefined) => (value === undefined || value === null ? "" : String(value));

function split(whole: string, sign: string): string[] {
  const parts = [""];
  for (let index = 0; index < whole.length; index++) {
    const one = whole[index] ?? "";
    if (one === sign) parts.push("");
    else parts.push(`${parts.pop() ?? ""}${one}${one === "\\" ? (whole[++index] ?? "") : ""}`);
  }
  return parts;
}

/** The literal value; undefined where a backslash stands before another sign, or `=` without one. */
function literal(value: string): string | undefined {
  return /^(?:[^\\=]|\\[\\,=])*$/s.test(value) ? value.replace(/\\(.)/gs, "$1") : undefined;
}
