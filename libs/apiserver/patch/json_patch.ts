// SPDX-License-Identifier: Apache-2.0
import { ok, type Result, refuse } from "@strait/model";
import { copy, isObject, type Json, type JsonObject, own, put, sameJson } from "./json.ts";

/** The most operations one patch may have; what the API server of Kubernetes allows. */
export const mostOperations = 10_000;

/** What all copies of one patch may add, in characters: without it, a few lines of patch make an object of any size. */
export const mostCopied = 3 * 1024 * 1024;

/** One operation of a JSON patch, as `parseJsonPatch` let it through. */
export interface JsonPatchOperation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: Json;
}

/** Reads a JSON patch (RFC 6902). A refusal is a malformed patch: HTTP 400. */
export function parseJsonPatch(value: Json | undefined): Result<readonly JsonPatchOperation[]> {
  if (!Array.isArray(value)) return refuse("a JSON patch is a list of operations");
  if (value.length > mostOperations)
    return refuse(`The allowed maximum operations in a JSON patch is ${mostOperations}, got ${value.length}`);
  const operations: JsonPatchOperation[] = [];
  for (const [index, entry] of value.entries()) {
    if (!isObject(entry)) return refuse(`operation ${index} is no object`);
    const { op, path, from } = entry;
    if (typeof op !== "string" || !["add", "remove", "replace", "move", "copy", "test"].includes(op))
      return refuse(`operation ${index}: op ${JSON.stringify(op)} is not one of add, remove, replace, move, copy, test`);
    if (typeof path !== "string") return refuse(`operation ${index} (${op}) has no path`);
    if ((op === "move" || op === "copy") && typeof from !== "string") return refuse(`operation ${index} (${op}) has no from`);
    if (["add", "replace", "test"].includes(op) && entry["value"] === undefined)
      return refuse(`operation ${index} (${op}) has no value`);
    operations.push(entry as unknown as JsonPatchOperation);
  }
  return ok(operations);
}

/**
 * Applies a JSON patch. All operations or none: the target stays as it is. A refusal names the operation that cannot be done
 * (HTTP 422).
 *
 * @example applyJsonPatch({ a: [1] }, [{ op: "add", path: "/a/-", value: 2 }]) // { a: [1, 2] }
 */
export function applyJsonPatch(target: Json, operations: readonly JsonPatchOperation[]): Result<Json> {
  let document: Json = copy(target);
  let copied = 0;
  for (const operation of operations) {
    if (operation.op === "copy") {
      const source = read(document, operation.from ?? "");
      copied += source.ok ? JSON.stringify(source.value).length : 0;
      if (copied > mostCopied) return refuse(`the copies of the patch add more than ${mostCopied} characters`);
    }
    const next = applyOne(document, operation);
    if (!next.ok) return refuse(`${operation.op} operation does not apply: ${next.reason}`);
    document = next.value;
  }
  return ok(document);
}

function applyOne(document: Json, { op, path, from, value }: JsonPatchOperation): Result<Json> {
  switch (op) {
    case "add":
      return add(document, path, copy(value ?? null));
    case "replace": {
      if (path === "") return ok(copy(value ?? null));
      const removed = remove(document, path);
      return removed.ok ? add(document, path, copy(value ?? null)) : removed;
    }
    case "remove":
      return remove(document, path);
    case "test": {
      const found = read(document, path);
      // A null that is asked for is also met by a member that is absent: the library of the API server reads it so.
      if (!found.ok) return value === null && isObject(parentOf(document, path)) ? ok(document) : found;
      return sameJson(found.value, value ?? null) ? ok(document) : refuse(`testing value ${path} failed`);
    }
    case "copy":
    case "move": {
      const source = read(document, from ?? "");
      if (!source.ok) return source;
      if (op === "copy") return add(document, path, copy(source.value));
      if (path === from) return ok(document);
      if (path.startsWith(`${from}/`)) return refuse(`${from} cannot be moved into itself`);
      const removed = remove(document, from ?? "");
      return removed.ok ? add(removed.value, path, source.value) : removed;
    }
    default:
      return refuse(`unknown operation ${op}`);
  }
}

/** The reference tokens of a JSON pointer (RFC 6901). */
function tokens(path: string): Result<string[]> {
  if (path === "") return ok([]);
  if (!path.startsWith("/")) return refuse(`the path ${JSON.stringify(path)} does not start with /`);
  return ok(
    path
      .slice(1)
      .split("/")
      .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~")),
  );
}

function indexOf(list: readonly Json[], token: string, most: number): Result<number> {
  if (!/^(0|[1-9]\d*)$/.test(token)) return refuse(`${JSON.stringify(token)} is no index of a list`);
  const index = Number(token);
  return index <= most ? ok(index) : refuse(`index ${token} is outside of a list of ${list.length}`);
}

function read(document: Json, path: string): Result<Json> {
  const parts = tokens(path);
  if (!parts.ok) return parts;
  let at: Json = document;
  for (const token of parts.value) {
    let next: Json | undefined;
    if (Array.isArray(at)) {
      const index = indexOf(at, token, at.length - 1);
      if (!index.ok) return index;
      next = at[index.value];
    } else if (isObject(at)) next = own(at, token);
    if (next === undefined) return refuse(`missing path ${path}`);
    at = next;
  }
  return ok(at);
}

function parentOf(document: Json, path: string): Json | undefined {
  const found = read(document, path.slice(0, Math.max(0, path.lastIndexOf("/"))));
  return found.ok ? found.value : undefined;
}

/** The container of the last token, and that token. */
function place(document: Json, path: string): Result<{ parent: JsonObject | Json[]; token: string }> {
  const parts = tokens(path);
  if (!parts.ok) return parts;
  const parent = parentOf(document, path);
  if (!Array.isArray(parent) && !isObject(parent)) return refuse(`missing path ${path}`);
  return ok({ parent, token: parts.value.at(-1) ?? "" });
}

function add(document: Json, path: string, value: Json): Result<Json> {
  if (path === "") return ok(value);
  const at = place(document, path);
  if (!at.ok) return at;
  const { parent, token } = at.value;
  if (!Array.isArray(parent)) {
    put(parent, token, value);
    return ok(document);
  }
  const index = token === "-" ? ok(parent.length) : indexOf(parent, token, parent.length);
  if (!index.ok) return index;
  parent.splice(index.value, 0, value);
  return ok(document);
}

function remove(document: Json, path: string): Result<Json> {
  if (path === "") return refuse("the whole object cannot be removed");
  const at = place(document, path);
  if (!at.ok) return at;
  const { parent, token } = at.value;
  if (Array.isArray(parent)) {
    const index = indexOf(parent, token, parent.length - 1);
    if (!index.ok) return index;
    parent.splice(index.value, 1);
    return ok(document);
  }
  if (own(parent, token) === undefined) return refuse(`Unable to remove nonexistent key: ${token}: missing value`);
  delete parent[token];
  return ok(document);
}
