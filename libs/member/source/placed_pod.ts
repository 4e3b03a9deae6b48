// SPDX-License-Identifier: Apache-2.0
import { defineKind } from "@strait/k8s";
import * as v from "valibot";
import { podAsSent } from "./placed_kinds.ts";
import { memberPod } from "./places.ts";

const pod = v.pipe(
  podAsSent,
  v.transform((sent) => {
    const { name, namespace, uid, resourceVersion } = sent.metadata;
    return { metadata: { name, namespace, uid, resourceVersion }, place: memberPod(sent) };
  }),
);

/**
 * Where a pod is, undefined for one that has no addresses of its own: never to be written back. There are 100 000 of them, and the
 * place is the one that the membership keeps.
 */
export type PlacedPod = v.InferOutput<typeof pod>;
export const PlacedPodKind = defineKind({ group: "", version: "v1", kind: "Pod", plural: "pods", scope: "Namespaced" }, pod);
