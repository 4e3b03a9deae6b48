// SPDX-License-Identifier: Apache-2.0
import type * as v from "valibot";
import { customKind, kubeObject, members, told } from "./custom_kind.ts";
import { texts } from "./words.ts";

const schema = kubeObject({
  spec: told(
    members({ nextHops: texts("Where packets go next."), remoteCIDRs: texts("Subnets of the other cluster.") }),
    "Which subnets are behind which next hops.",
  ),
});

/** What OVN-Kubernetes routes on the gateway node (GatewayRoute) or elsewhere. Its name is the other cluster's. */
export interface GatewayRoute extends v.InferOutput<typeof schema> {}
export interface NonGatewayRoute extends GatewayRoute {}

const shared = { group: "submariner.io", version: "v1", scope: "Namespaced", status: "none" } as const;

/** submariner.io/v1 gatewayroutes. */
export const GatewayRouteKind = customKind(
  {
    ...shared,
    kind: "GatewayRoute",
    plural: "gatewayroutes",
    singular: "gatewayroute",
    shortNames: ["gwrt"],
    description: "Routes to another cluster that OVN-Kubernetes sets on the gateway node.",
  },
  schema,
);

/** submariner.io/v1 nongatewayroutes. */
export const NonGatewayRouteKind = customKind(
  {
    ...shared,
    kind: "NonGatewayRoute",
    plural: "nongatewayroutes",
    singular: "nongatewayroute",
    shortNames: ["ngwrt"],
    description: "Routes to another cluster that OVN-Kubernetes sets on nodes other than the gateway.",
  },
  schema,
);
