// SPDX-License-Identifier: Apache-2.0
import { type Result, refuse } from "@strait/model";
import { apiVersionOf, type Kind } from "./kind.ts";
import { type KubeObject, objectKey } from "./kube_object.ts";

/** The few members of an object that can be read without decoding it; empty where they are not there. */
export interface RawIdentity {
  /** As `keyOf` has it; "" where there is no readable name. */
  readonly key: string;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
}

/** Who an object is, whatever state the rest of it is in. */
export function identify(raw: unknown): RawIdentity {
  const metadata = member(raw, "metadata");
  const name = text(metadata, "name");
  return {
    key: name ? objectKey(text(metadata, "namespace"), name) : "",
    uid: text(metadata, "uid"),
    resourceVersion: text(metadata, "resourceVersion"),
  };
}

/** Decodes one object; it says its kind afterwards, which those of a list do not. */
export function decodeObject<T extends KubeObject>(kind: Kind<T>, raw: unknown): Result<T> {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return refuse("it is no object");
  const whole = { apiVersion: apiVersionOf(kind), kind: kind.kind, ...raw };
  if (whole.kind !== kind.kind) return refuse(`it is a ${String(whole.kind)}, not a ${kind.kind}`);
  return kind.decode(whole);
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown, name: string): string | undefined {
  const found = member(value, name);
  return typeof found === "string" && found !== "" ? found : undefined;
}
