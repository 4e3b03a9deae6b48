// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { optional } from "../kube_object.ts";
import { clusterIdField } from "./cluster_kind.ts";
import { customKind, kubeObject, members, told } from "./custom_kind.ts";
import { flag, pairs, text, texts } from "./words.ts";

/** Lists of one address of each family: later releases of Submariner have them beside the single fields. */
const perFamily = (description: string) =>
  optional(
    told(v.pipe(v.array(v.string()), v.maxLength(2)), `${description} One per IP family; counts before the single field.`),
  );

const spec = {
  cluster_id: clusterIdField,
  cable_name: text("submariner-cable-, the cluster's name, - and the private address with dashes."),
  hostname: text("Host name of the gateway node."),
  subnets: texts("What is reachable through it: Services, then pods, IPv4 first."),
  private_ip: text("Address of the gateway node."),
  public_ip: text("Address that others see it under; empty where it is the private one or not known."),
  nat_enabled: flag("Whether to expect address translation where it cannot be found out."),
  backend: text("The cable driver: vxlan, wireguard, libreswan."),
  backend_config: optional(pairs("Options of the cable driver, such as udp-port.")),
  healthCheckIP: optional(text("Address that answers a ping through the tunnel; empty: do not check.")),
  privateIPs: perFamily("Addresses of the gateway node."),
  publicIPs: perFamily("Addresses that others see it under."),
  healthCheckIPs: perFamily("Addresses that answer a ping through the tunnel."),
};

/** The spec of an Endpoint, which Gateways and RouteAgents carry copies of. */
export const endpointSpec = (description: string) => told(members(spec), description);

const schema = kubeObject({ spec: endpointSpec("Where the cluster's gateway is and what lies behind it.") });

/** How a cluster is reached. Its name is `endpointName(cluster_id, cable_name)`; it is on the broker and in every member. */
export interface Endpoint extends v.InferOutput<typeof schema> {}

/** What an Endpoint says. */
export type EndpointSpec = Endpoint["spec"];

/** submariner.io/v1 endpoints. */
export const EndpointKind = customKind(
  {
    group: "submariner.io",
    version: "v1",
    kind: "Endpoint",
    plural: "endpoints",
    singular: "endpoint",
    scope: "Namespaced",
    status: "none",
    description: "How a cluster of the clusterset is reached: its leading gateway and the subnets behind it.",
  },
  schema,
);
