// SPDX-License-Identifier: Apache-2.0
import { ok, type Result, refuse } from "@strait/model";
import { isObject, type Json, own } from "../patch/json.ts";

type Part =
  | { readonly name: string }
  | { readonly index: number }
  | { readonly all: true }
  | { readonly filter: { readonly path: readonly string[]; readonly equal: boolean; readonly value: Json } };

/** Finds values in an object. */
export type JsonPath = (object: Json) => Json[];

const PART =
  /^(?:\.?\*|\[\*\]|\[(-?\d+)\]|\[['"]((?:[^'"\\]|\\.)*)['"]\]|\.((?:[^.[\\]|\\.)+)|\[\?\(@((?:\.[\w-]+)+)\s*(==|!=)\s*("[^"]*"|'[^']*'|[\w.-]+)\)\])/;

/**
 * Reads the JSONPath of a printer column: `.a.b`, `.a[0]`, `.a[*].b`, `.a['b']`, `.labels.x\.y/z`, `.c[?(@.type=="Ready")].status`.
 *
 * @example must(parseJsonPath('.status.conditions[?(@.type=="Ready")].status'))(object) // ["True"]
 */
export function parseJsonPath(text: string): Result<JsonPath> {
  const parts: Part[] = [];
  let rest = text.trim().replace(/^\{(.*)\}$/s, "$1");
  if (!rest.startsWith(".") && !rest.startsWith("[")) rest = `.${rest}`;
  while (rest !== "" && rest !== ".") {
    const found = PART.exec(rest);
    if (found === null) return refuse(`${text} is no JSONPath that is understood, from ${JSON.stringify(rest)} on`);
    const [whole, index, quoted, name, path, sign, value] = found;
    if (index !== undefined) parts.push({ index: Number(index) });
    else if (quoted !== undefined || name !== undefined) parts.push({ name: (quoted ?? name ?? "").replace(/\\(.)/g, "$1") });
    else if (path !== undefined)
      parts.push({ filter: { path: path.slice(1).split("."), equal: sign === "==", value: literal(value ?? "") } });
    else parts.push({ all: true });
    rest = rest.slice(whole.length);
  }
  return ok((object) => parts.reduce((values, part) => values.flatMap((one) => step(one, part)), [object]));
}

function literal(text: string): Json {
  if (/^["']/.test(text)) return text.slice(1, -1);
  return text === "true" ? true : text === "false" ? false : Number.isNaN(Number(text)) ? text : Number(text);
}

function step(value: Json, part: Part): Json[] {
  const list = Array.isArray(value) ? value : isObject(value) ? Object.values(value).filter((one) => one !== undefined) : [];
  if ("all" in part) return list;
  if ("index" in part) {
    const found = Array.isArray(value) ? value.at(part.index) : undefined;
    return found === undefined ? [] : [found];
  }
  if ("filter" in part) {
    const { path, equal, value: wanted } = part.filter;
    return list.filter((item) => {
      const found = path.reduce<Json | undefined>((at, name) => (isObject(at) ? own(at, name) : undefined), item);
      return found !== undefined && (found === wanted) === equal;
    });
  }
  const found = isObject(value) ? own(value, part.name) : undefined;
  return found === undefined ? [] : [found];
}
