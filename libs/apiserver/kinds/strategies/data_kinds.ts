// SPDX-License-Identifier: Apache-2.0
import { badRequest, type Cause, immutable, invalidValue, required } from "../../http/status_error.ts";
import { type JsonObject, sameJson } from "../../patch/mod.ts";
import { type ApiObject, section, text } from "../api_object.ts";
import { fill } from "./defaulting.ts";
import type { Strategy } from "./strategy.ts";

const KEY = /^[-._a-zA-Z0-9]{1,253}$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const ACCOUNT = "kubernetes.io/service-account.name";

function keyFaults(object: ApiObject, member: string): Cause[] {
  return Object.keys(section(object, member))
    .filter((key) => !KEY.test(key) || key === "." || key === "..")
    .map((key) =>
      invalidValue(
        `${member}[${key}]`,
        key,
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
      ),
    );
}

/** The data of one object may take 1 MiB. */
const MAX_DATA = 1024 * 1024;

function sizeFaults(size: number, field: string): Cause[] {
  return size > MAX_DATA
    ? [{ reason: "FieldValueTooLong", message: `Too long: may not be more than ${MAX_DATA} bytes`, field }]
    : [];
}

function sizeOf(data: JsonObject, encoded: boolean): number {
  return Object.values(data).reduce<number>((sum, value) => sum + Buffer.byteLength(text(value), encoded ? "base64" : "utf8"), 0);
}

function frozenFaults(object: ApiObject, old: ApiObject | undefined, members: readonly string[]): Cause[] {
  if (old?.["immutable"] !== true) return [];
  const changed = members.filter((member) => !sameJson(object[member] ?? {}, old[member] ?? {}));
  if (object["immutable"] !== true) changed.push("immutable");
  return changed.map((field) => ({
    reason: "FieldValueForbidden",
    message: "Forbidden: field is immutable when `immutable` is set",
    field,
  }));
}

export const configMap: Strategy = {
  validate: (object, old) => [
    ...keyFaults(object, "data"),
    ...keyFaults(object, "binaryData"),
    ...sizeFaults(sizeOf(section(object, "data"), false) + sizeOf(section(object, "binaryData"), true), ""),
    ...frozenFaults(object, old, ["data", "binaryData"]),
  ],
};

/** What was given as `stringData` becomes `data`; its type never changes. */
export const secret: Strategy = {
  defaults(object) {
    fill(object, { type: "Opaque" });
    for (const value of Object.values(section(object, "data"))) {
      if (!BASE64.test(text(value)))
        throw badRequest('Secret in version "v1" cannot be handled as a Secret: illegal base64 data');
    }
    const plain = section(object, "stringData");
    delete object["stringData"];
    const encoded = Object.entries(plain).map(([key, value]) => [key, Buffer.from(text(value)).toString("base64")]);
    if (encoded.length > 0) object["data"] = { ...section(object, "data"), ...Object.fromEntries(encoded) };
  },
  validate(object, old) {
    const causes = [...keyFaults(object, "data"), ...frozenFaults(object, old, ["data"])];
    causes.push(...sizeFaults(sizeOf(section(object, "data"), true), "data"));
    if (old && object["type"] !== old["type"]) causes.push(immutable("type", object["type"]));
    if (object["type"] === "kubernetes.io/service-account-token" && !object.metadata.annotations?.[ACCOUNT]) {
      causes.push(required(`metadata.annotations[${ACCOUNT}]`));
    }
    return causes;
  },
};
