// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { optional } from "./kube_object.ts";

const text = optional(v.string());

const cluster = v.looseObject({
  server: v.string(),
  "certificate-authority": text,
  "certificate-authority-data": text,
  "insecure-skip-tls-verify": optional(v.boolean()),
  "tls-server-name": text,
  "proxy-url": text,
});

const exec = v.looseObject({
  apiVersion: v.string(),
  command: v.string(),
  args: optional(v.array(v.string())),
  env: optional(v.array(v.looseObject({ name: v.string(), value: v.string() }))),
  installHint: text,
  interactiveMode: optional(v.picklist(["Never", "IfAvailable", "Always"])),
  provideClusterInfo: optional(v.boolean()),
});

const user = v.looseObject({
  "client-certificate": text,
  "client-certificate-data": text,
  "client-key": text,
  "client-key-data": text,
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  as: text,
  "as-uid": text,
  "as-groups": optional(v.array(v.string())),
  exec: optional(exec),
  "auth-provider": optional(v.looseObject({ name: text })),
});

const context = v.looseObject({ cluster: optional(v.string()), user: optional(v.string()), namespace: text });

/** One kubeconfig file (https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/). */
export const kubeConfigSchema = v.looseObject({
  apiVersion: text,
  kind: text,
  "current-context": text,
  clusters: optional(v.array(v.looseObject({ name: v.string(), cluster: optional(cluster) }))),
  users: optional(v.array(v.looseObject({ name: v.string(), user: optional(user) }))),
  contexts: optional(v.array(v.looseObject({ name: v.string(), context: optional(context) }))),
});

export type KubeCluster = v.InferOutput<typeof cluster>;
export type KubeUser = v.InferOutput<typeof user>;
export type KubeContext = v.InferOutput<typeof context>;
export type KubeExec = v.InferOutput<typeof exec>;
