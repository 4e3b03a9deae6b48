// SPDX-License-Identifier: Apache-2.0
import { ok, type Result, refuse } from "@strait/model";
import type { JsonObject } from "../patch/mod.ts";
import { decodeMessage } from "./decode_message.ts";
import { readFields } from "./wire_reader.ts";

/** The media type of the envelope. */
export const PROTOBUF = "application/vnd.kubernetes.protobuf";

const MAGIC = [0x6b, 0x38, 0x73, 0x00]; // "k8s\0"

/** Packages of the table by API group. */
const PACKAGES: Readonly<Record<string, string>> = {
  "": "core",
  apps: "apps",
  autoscaling: "autoscaling",
  policy: "policy",
  "authentication.k8s.io": "authentication",
  "authorization.k8s.io": "authorization",
  "rbac.authorization.k8s.io": "rbac",
  "coordination.k8s.io": "coordination",
  "discovery.k8s.io": "discovery",
  "events.k8s.io": "events",
  "networking.k8s.io": "networking",
  "scheduling.k8s.io": "scheduling",
};

/**
 * Reads a body in Kubernetes' protobuf envelope (clients of client-go 1.32 and later send the built-in kinds so). The answer is JSON, which
 * they take as well.
 *
 * @example decodeBody(bytes) // {ok: true, value: {apiVersion: "v1", kind: "Namespace", metadata: {name: "a"}}}
 */
export function decodeBody(bytes: Uint8Array): Result<JsonObject> {
  if (!MAGIC.every((byte, index) => bytes[index] === byte)) return refuse("the body does not begin as Kubernetes' protobuf does");
  try {
    let raw: Uint8Array = new Uint8Array();
    const head = { apiVersion: "", kind: "" };
    for (const { number, value } of readFields(bytes.subarray(MAGIC.length))) {
      if (typeof value === "bigint") continue;
      if (number === 2) raw = value;
      if (number !== 1) continue;
      for (const field of readFields(value)) {
        const text = typeof field.value === "bigint" ? "" : new TextDecoder().decode(field.value);
        if (field.number === 1) head.apiVersion = text;
        if (field.number === 2) head.kind = text;
      }
    }
    const group = head.apiVersion.includes("/") ? (head.apiVersion.split("/")[0] ?? "") : "";
    const home = head.kind === "DeleteOptions" ? "meta" : PACKAGES[group];
    if (home === undefined) return refuse(`the group ${group} is not known in protobuf form: send JSON`);
    return ok({ ...head, ...decodeMessage(`${home}.${head.kind}`, raw) });
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return refuse(error.message);
    throw error;
  }
}
