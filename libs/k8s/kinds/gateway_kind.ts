// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { optional } from "../kube_object.ts";
import { customKind, kubeObject, members, told } from "./custom_kind.ts";
import { endpointSpec } from "./endpoint_kind.ts";
import { flag, text } from "./words.ts";

/** Round trip times as Go prints durations ("1.2ms"). */
export const latency = told(
  members({
    last: optional(text("The last one.")),
    min: optional(text("The shortest.")),
    average: optional(text("The mean.")),
    max: optional(text("The longest.")),
    stdDev: optional(text("The standard deviation.")),
  }),
  "Round trip times of the probes through the tunnel.",
);

const connection = members({
  status: text("connected, connecting or error."),
  statusMessage: text("Why, in a sentence."),
  endpoint: endpointSpec("The other cluster's Endpoint."),
  usingIP: optional(text("The address of the peer that packets go to.")),
  usingNAT: optional(flag("Whether addresses are translated on the way.")),
  latencyRTT: optional(latency),
});

/** What a gateway tells about itself; the Submariner object repeats it. */
export const gatewayStatus = (description: string) =>
  told(
    members({
      version: text("Release that runs there."),
      haStatus: text("active on the leading gateway, passive on the others."),
      localEndpoint: endpointSpec("The Endpoint this node has published, or would if it led."),
      statusFailure: text("What is wrong; empty when nothing is."),
      connections: told(v.array(connection), "One for each other cluster."),
    }),
    description,
  );

const schema = kubeObject({ status: gatewayStatus("What the gateway tells about itself.") });

/** A gateway node, told by itself every few seconds. Its name is `gatewayName(hostname)`; it never leaves its cluster. */
export interface Gateway extends v.InferOutput<typeof schema> {}

/** What a Gateway says. */
export type GatewayStatus = Gateway["status"];

/** A Gateway's link to another cluster. */
export type Connection = GatewayStatus["connections"][number];

/** submariner.io/v1 gateways. */
export const GatewayKind = customKind(
  {
    group: "submariner.io",
    version: "v1",
    kind: "Gateway",
    plural: "gateways",
    singular: "gateway",
    scope: "Namespaced",
    status: "empty",
    columns: [
      {
        name: "HA Status",
        type: "string",
        jsonPath: ".status.haStatus",
        description: "Whether the gateway leads its cluster (active) or stands by (passive)",
      },
    ],
    description: "A gateway node of this cluster and its connections to the other clusters.",
  },
  schema,
);
