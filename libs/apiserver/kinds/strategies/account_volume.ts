// SPDX-License-Identifier: Apache-2.0
import type { Json, JsonObject } from "../../patch/mod.ts";
import { generatedName } from "../../resources/generated_name.ts";
import { objects, text } from "../api_object.ts";

const PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Puts the ServiceAccount's token, the authority and the namespace where every client in a pod looks for them. */
export function mountAccount(spec: JsonObject): void {
  const containers = [...objects(spec["containers"]), ...objects(spec["initContainers"])];
  const without = containers.filter((one) => !objects(one["volumeMounts"]).some((mount) => mount["mountPath"] === PATH));
  if (without.length === 0) return;
  const present = objects(spec["volumes"]).find((volume) => text(volume["name"]).startsWith("kube-api-access-"));
  const name = present ? text(present["name"]) : generatedName("kube-api-access-");
  for (const container of without) {
    const mounts = objects(container["volumeMounts"]) as Json[];
    container["volumeMounts"] = [...mounts, { name, readOnly: true, mountPath: PATH }];
  }
  if (present) return;
  const sources = [
    { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
    { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
    { downwardAPI: { items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }] } },
  ];
  spec["volumes"] = [...(objects(spec["volumes"]) as Json[]), { name, projected: { sources, defaultMode: 420 } }];
}
