// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { defineKind } from "../kind.ts";
import { optional } from "../kube_object.ts";
import { head, number, text } from "./common.ts";

const schema = v.looseObject({
  ...head,
  spec: optional(
    v.looseObject({
      /** "" or absent: nobody. */
      holderIdentity: optional(text),
      leaseDurationSeconds: optional(number),
      /** RFC 3339 with microseconds. */
      acquireTime: optional(text),
      renewTime: optional(text),
      leaseTransitions: optional(number),
    }),
  ),
});

/** Who holds an office, and since when. */
export type Lease = v.InferOutput<typeof schema>;
export const LeaseKind = defineKind(
  { group: "coordination.k8s.io", version: "v1", kind: "Lease", plural: "leases", scope: "Namespaced" },
  schema,
);
