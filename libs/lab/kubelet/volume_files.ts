// SPDX-License-Identifier: Apache-2.0
import { ok, type Result, refuse } from "@strait/model";
import { fieldRef, type PodFacts } from "./field_ref.ts";
import { type Lookup, sourcesOf, type TokenRef } from "./pod_objects.ts";
import type { KubeletPod, ProjectedSource, VolumeSpec } from "./pod_types.ts";

/** The volume every pod gets at {@link TOKEN_MOUNT}, unless it says otherwise: what the ServiceAccount admission plugin adds. */
export const TOKEN_VOLUME = {
  name: "kube-api-access",
  projected: {
    sources: [
      { serviceAccountToken: { path: "token", expirationSeconds: 3607 } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
    ],
  },
} as const satisfies VolumeSpec;
export const TOKEN_MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** What the files of a volume are made of. */
export interface VolumeInputs {
  readonly pod: KubeletPod;
  readonly facts: PodFacts;
  readonly lookup: Lookup;
  readonly token: (ref: TokenRef) => string;
}

/**
 * The files of a Secret, ConfigMap, downward API or projected volume, by path inside it. Refused where something is missing
 * that is not optional. Other kinds of volume have none.
 */
export function volumeFiles(volume: VolumeSpec, inputs: VolumeInputs): Result<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const source of sourcesOf(volume)) {
    const added = addFiles(files, source, inputs);
    if (!added.ok) return added;
  }
  return ok(files);
}

/** The tokens a volume needs. */
export function tokensOf(volume: VolumeSpec): TokenRef[] {
  return sourcesOf(volume).flatMap(({ serviceAccountToken }) => (serviceAccountToken ? [tokenRef(serviceAccountToken)] : []));
}

function tokenRef({ audience, expirationSeconds = 3600 }: NonNullable<ProjectedSource["serviceAccountToken"]>): TokenRef {
  return { ...(audience === undefined ? {} : { audience }), expirationSeconds };
}

function addFiles(files: Map<string, Uint8Array>, source: ProjectedSource, inputs: VolumeInputs): Result<void> {
  const { serviceAccountToken, downwardAPI } = source;
  if (serviceAccountToken) files.set(serviceAccountToken.path, encode(inputs.token(tokenRef(serviceAccountToken))));
  for (const kind of ["secret", "configMap"] as const) {
    const wanted = source[kind];
    if (wanted === undefined) continue;
    const data = inputs.lookup(kind, wanted.name);
    if (data === undefined && !wanted.optional) return refuse(`${kind.toLowerCase()} "${wanted.name}" not found`);
    const items = wanted.items ?? Object.keys(data ?? {}).map((key) => ({ key, path: key }));
    for (const { key, path } of items) {
      const bytes = data?.[key];
      if (bytes !== undefined) files.set(path, bytes);
      else if (!wanted.optional) return refuse(`${kind.toLowerCase()} "${wanted.name}" has no key ${key}`);
    }
  }
  for (const item of downwardAPI?.items ?? []) {
    const text = fieldRef(inputs.pod, inputs.facts, item.fieldRef?.fieldPath ?? "");
    if (!text.ok) return text;
    files.set(item.path, encode(text.value));
  }
  return ok(undefined);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
