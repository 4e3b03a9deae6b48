// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { defineKind } from "../kind.ts";
import { optional } from "../kube_object.ts";
import { conditionSchema, flag, head, number, text, texts } from "./common.ts";

const service = v.looseObject({
  ...head,
  spec: optional(
    v.looseObject({
      type: optional(text),
      clusterIP: optional(text),
      clusterIPs: optional(texts),
      ipFamilies: optional(texts),
      externalIPs: optional(texts),
      selector: optional(v.record(text, text)),
      sessionAffinity: optional(text),
      ports: optional(
        v.array(
          v.looseObject({
            name: optional(text),
            port: number,
            protocol: optional(text),
            targetPort: optional(v.union([number, text])),
            nodePort: optional(number),
            appProtocol: optional(text),
          }),
        ),
      ),
    }),
  ),
  status: optional(
    v.looseObject({
      loadBalancer: optional(
        v.looseObject({ ingress: optional(v.array(v.looseObject({ ip: optional(text), hostname: optional(text) }))) }),
      ),
      conditions: optional(v.array(conditionSchema)),
    }),
  ),
});

/** A Service. */
export type Service = v.InferOutput<typeof service>;
export const ServiceKind = defineKind(
  { group: "", version: "v1", kind: "Service", plural: "services", scope: "Namespaced" },
  service,
);

const endpointSlice = v.looseObject({
  ...head,
  addressType: text,
  endpoints: optional(
    v.array(
      v.looseObject({
        addresses: texts,
        conditions: optional(v.looseObject({ ready: optional(flag), serving: optional(flag), terminating: optional(flag) })),
        hostname: optional(text),
        nodeName: optional(text),
        targetRef: optional(
          v.looseObject({ kind: optional(text), name: optional(text), namespace: optional(text), uid: optional(text) }),
        ),
        zone: optional(text),
      }),
    ),
  ),
  ports: optional(
    v.array(
      v.looseObject({ name: optional(text), port: optional(number), protocol: optional(text), appProtocol: optional(text) }),
    ),
  ),
});

/** Some of the addresses behind a Service. */
export type EndpointSlice = v.InferOutput<typeof endpointSlice>;
export const EndpointSliceKind = defineKind(
  { group: "discovery.k8s.io", version: "v1", kind: "EndpointSlice", plural: "endpointslices", scope: "Namespaced" },
  endpointSlice,
);
