// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { optional } from "../kube_object.ts";
import { customKind, kubeObject, members, told } from "./custom_kind.ts";
import { endpointSpec } from "./endpoint_kind.ts";
import { latency } from "./gateway_kind.ts";
import { text } from "./words.ts";

const remoteEndpoint = members({
  status: text("connected, connecting, error or none."),
  statusMessage: text("Why, in a sentence."),
  spec: endpointSpec("The other cluster's Endpoint."),
  latencyRTT: optional(latency),
});

const schema = kubeObject({
  status: told(
    members({
      version: text("Release that runs there."),
      statusFailure: text("What is wrong; empty when nothing is."),
      remoteEndpoints: told(v.array(remoteEndpoint), "One for each other cluster."),
    }),
    "What the node agent tells about itself.",
  ),
});

/** A node's agent, told by itself. Its name is the node's; it never leaves its cluster. */
export interface RouteAgent extends v.InferOutput<typeof schema> {}

/** submariner.io/v1 routeagents. */
export const RouteAgentKind = customKind(
  {
    group: "submariner.io",
    version: "v1",
    kind: "RouteAgent",
    plural: "routeagents",
    singular: "routeagent",
    scope: "Namespaced",
    status: "none",
    description: "The agent of one node and how it reaches the other clusters.",
  },
  schema,
);
