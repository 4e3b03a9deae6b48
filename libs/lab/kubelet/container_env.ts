// SPDX-License-Identifier: Apache-2.0
import { ok, type Result, refuse } from "@strait/model";
import { fieldRef, type PodFacts } from "./field_ref.ts";
import type { Lookup, ObjectRef } from "./pod_objects.ts";
import type { ContainerSpec, EnvVar, KeyRef, KubeletPod } from "./pod_types.ts";

/**
 * The environment of a container: `base` (what the stand-in gives every container), envFrom, then env in order, `$(NAME)`
 * replaced by what was set before. Refused where a Secret, a ConfigMap or a key is missing and not optional.
 *
 * @example
 * containerEnv(pod, container, facts, lookup, { HOME: "/root" }); // { ok: true, value: { HOME: "/root", NODE_NAME: "w1" } }
 */
export function containerEnv(
  pod: KubeletPod,
  container: ContainerSpec,
  facts: PodFacts,
  lookup: Lookup,
  base: Readonly<Record<string, string>>,
): Result<Record<string, string>> {
  const env: Record<string, string> = { ...base };
  for (const { prefix = "", secretRef, configMapRef } of container.envFrom ?? []) {
    const kind = secretRef ? "secret" : "configMap";
    const ref = secretRef ?? configMapRef;
    if (ref === undefined) continue;
    const data = lookup(kind, ref.name);
    if (data === undefined && !ref.optional) return refuse(`${kind.toLowerCase()} "${ref.name}" not found`);
    for (const [key, value] of Object.entries(data ?? {})) env[`${prefix}${key}`] = decode(value);
  }
  for (const entry of container.env ?? []) {
    const value = variable(pod, entry, facts, lookup, env);
    if (!value.ok) return value;
    if (value.value !== undefined) env[entry.name] = value.value;
  }
  return ok(env);
}

/** Replaces `$(NAME)` by what `env` has; `$$(NAME)` is kept as `$(NAME)`, an unknown name as it stands. */
export function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\$?)\(([^)]+)\)/g, (all, escaped: string, name: string) =>
    escaped === "" ? (env[name] ?? all) : `$(${name})`,
  );
}

function variable(
  pod: KubeletPod,
  { value, valueFrom }: EnvVar,
  facts: PodFacts,
  lookup: Lookup,
  env: Readonly<Record<string, string>>,
): Result<string | undefined> {
  if (valueFrom?.fieldRef) return fieldRef(pod, facts, valueFrom.fieldRef.fieldPath);
  if (valueFrom?.secretKeyRef) return keyOf("secret", valueFrom.secretKeyRef, lookup);
  if (valueFrom?.configMapKeyRef) return keyOf("configMap", valueFrom.configMapKeyRef, lookup);
  return ok(expand(value ?? "", env));
}

function keyOf(kind: ObjectRef["kind"], ref: KeyRef, lookup: Lookup): Result<string | undefined> {
  const found = lookup(kind, ref.name)?.[ref.key];
  if (found !== undefined) return ok(decode(found));
  return ref.optional ? ok(undefined) : refuse(`couldn't find key ${ref.key} in ${kind} ${ref.name}`);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
