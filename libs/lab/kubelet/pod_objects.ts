// SPDX-License-Identifier: Apache-2.0
import type { ContainerSpec, EnvVar, KubeletPod, VolumeSpec } from "./pod_types.ts";

/** An object a pod needs before its containers can start. */
export interface ObjectRef {
  readonly kind: "secret" | "configMap";
  readonly name: string;
  readonly optional: boolean;
}

/** A ServiceAccount token a pod mounts. */
export interface TokenRef {
  readonly audience?: string;
  readonly expirationSeconds: number;
}

/** What the API gave for an {@link ObjectRef}: keys with their bytes, undefined where there is no such object. */
export type Lookup = (kind: ObjectRef["kind"], name: string) => Readonly<Record<string, Uint8Array>> | undefined;

/** The Secrets and ConfigMaps a pod's volumes and variables name, each once; optional only where every use says so. */
export function objectsOf(pod: KubeletPod): ObjectRef[] {
  const all: ObjectRef[] = [];
  const add = (kind: ObjectRef["kind"], name: string, optional = false) => all.push({ kind, name, optional });
  for (const volume of pod.spec.volumes ?? []) {
    for (const { secret, configMap } of sourcesOf(volume)) {
      if (secret) add("secret", secret.name, secret.optional);
      if (configMap) add("configMap", configMap.name, configMap.optional);
    }
  }
  for (const container of containersOf(pod)) {
    for (const { secretRef, configMapRef } of container.envFrom ?? []) {
      if (secretRef) add("secret", secretRef.name, secretRef.optional);
      if (configMapRef) add("configMap", configMapRef.name, configMapRef.optional);
    }
    for (const { valueFrom } of container.env ?? ([] as readonly EnvVar[])) {
      if (valueFrom?.secretKeyRef) add("secret", valueFrom.secretKeyRef.name, valueFrom.secretKeyRef.optional);
      if (valueFrom?.configMapKeyRef) add("configMap", valueFrom.configMapKeyRef.name, valueFrom.configMapKeyRef.optional);
    }
  }
  const once = new Map<string, ObjectRef>();
  for (const ref of all) {
    const key = `${ref.kind}/${ref.name}`;
    once.set(key, { ...ref, optional: ref.optional && (once.get(key)?.optional ?? true) });
  }
  return [...once.values()];
}

/** Every container of a pod, those that initialise it first. */
export function containersOf(pod: KubeletPod): readonly ContainerSpec[] {
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
}

/** A volume as the sources of a projected one, so that all kinds with files are read in one way. */
export function sourcesOf(volume: VolumeSpec): NonNullable<VolumeSpec["projected"]>["sources"] {
  const { secret, configMap, downwardAPI, projected } = volume;
  if (projected) return projected.sources;
  if (secret) return [{ secret: { ...secret, name: secret.secretName } }];
  if (configMap) return [{ configMap }];
  return downwardAPI ? [{ downwardAPI }] : [];
}
