// SPDX-License-Identifier: Apache-2.0
import { defineKind, optional } from "@strait/k8s";
import * as v from "valibot";

const text = v.string();
const pairs = optional(v.record(text, text));
/** Only what is needed: of 5 000 nodes and 100 000 pods everything is kept in memory that a schema names. */
const metadata = { name: text, uid: optional(text), resourceVersion: optional(text), creationTimestamp: optional(text) };

const node = v.object({
  metadata: v.object({ ...metadata, labels: pairs, annotations: pairs }),
  spec: optional(v.object({ podCIDR: optional(text), podCIDRs: optional(v.array(text)) })),
  status: optional(
    v.object({
      addresses: optional(v.array(v.object({ type: text, address: text }))),
      conditions: optional(v.array(v.object({ type: text, status: text }))),
    }),
  ),
});

/** A node as far as traffic goes: never to be written back. */
export type PlacedNode = v.InferOutput<typeof node>;
export const PlacedNodeKind = defineKind({ group: "", version: "v1", kind: "Node", plural: "nodes", scope: "Cluster" }, node);

/** What is read of a pod. */
export const podAsSent = v.object({
  metadata: v.object({ ...metadata, namespace: text }),
  spec: optional(v.object({ nodeName: optional(text), hostNetwork: optional(v.boolean()) })),
  status: optional(
    v.object({ phase: optional(text), podIP: optional(text), podIPs: optional(v.array(v.object({ ip: optional(text) }))) }),
  ),
});

/** A pod as far as it was read, before it is known what of it counts. */
export type SentPod = v.InferOutput<typeof podAsSent>;
