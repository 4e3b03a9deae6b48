// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { optional } from "../kube_object.ts";
import { customKind, kubeObject, members, told } from "./custom_kind.ts";
import { daemonSetStatus } from "./daemon_set_status.ts";
import { gatewayStatus } from "./gateway_kind.ts";
import { coreDnsConfig, deploymentInfo, flag, nodeSelector, pairs, text, texts, tolerations, whole } from "./words.ts";

/** Where the broker is; the same in the objects of both operators. */
export const brokerFields = {
  brokerK8sApiServer: text("Host and port of the broker's API server, without a scheme."),
  brokerK8sApiServerToken: optional(text("Token on the broker; brokerK8sSecret is better.")),
  brokerK8sCA: optional(text("Authority of the broker's certificate, PEM in base64.")),
  brokerK8sSecret: optional(text("Name of the Secret with token, ca.crt and namespace of the broker.")),
  brokerK8sInsecure: optional(flag("Whether the broker's certificate is left unchecked.")),
  brokerK8sRemoteNamespace: text("The clusterset's namespace on the broker."),
};

/** What both operators are told about images and pods. */
export const deploymentFields = {
  repository: optional(text("Where images come from.")),
  version: optional(text("Tag of the images.")),
  imageOverrides: optional(pairs("Whole image names by component.")),
  nodeSelector: optional(nodeSelector),
  tolerations: optional(tolerations),
};

/** What both operators are told about name resolution. */
export const discoveryFields = {
  customDomains: optional(texts("Domains of the clusterset besides clusterset.local.", { "x-kubernetes-list-type": "set" })),
  coreDNSCustomConfig: optional(coreDnsConfig),
  clustersetIPCIDR: optional(text("Subnet of the addresses of clusterset Services made here.")),
  clustersetIPEnabled: optional(flag("Whether exported Services get a clusterset address.")),
  haltOnCertificateError: optional(flag("Whether to end where the broker's certificate is refused.")),
};

const healthCheck = members({
  enabled: optional(flag("Whether to probe; true where absent.")),
  intervalSeconds: optional(whole("Seconds between probes.", "int64")),
  maxPacketLossCount: optional(whole("Lost probes after which a connection is in error.", "int64")),
});

const spec = members({
  broker: text("Always k8s."),
  ...brokerFields,
  clusterID: text("This cluster's name in the clusterset."),
  namespace: text("Where the software and its objects are."),
  serviceCIDR: text("Subnets of Services, separated by commas; found out where empty."),
  clusterCIDR: text("Subnets of pods, separated by commas; found out where empty."),
  globalCIDR: optional(text("Subnet of global addresses; empty: do not translate.")),
  cableDriver: optional(text("vxlan, wireguard or libreswan.")),
  natEnabled: flag("Whether to expect address translation where it cannot be found out."),
  debug: flag("Whether to log more."),
  ceIPSecDebug: flag("Whether IPsec logs more."),
  ceIPSecPSK: optional(text("The pre-shared key in clear; ceIPSecPSKSecret is better.")),
  ceIPSecPSKSecret: optional(text("Name of the Secret with the pre-shared key.")),
  ceIPSecNATTPort: optional(whole("UDP port of cables.")),
  ceIPSecIKEPort: optional(whole("Not used.")),
  ceIPSecPreferredServer: optional(flag("Whether this cluster's gateways answer rather than call.")),
  ceIPSecForceUDPEncaps: optional(flag("Whether ESP always goes inside UDP.")),
  loadBalancerEnabled: optional(flag("Whether a load balancer stands before the gateways.")),
  airGappedDeployment: optional(flag("Whether nothing outside may be asked for the public address.")),
  connectionHealthCheck: optional(told(healthCheck, "How connections are probed.")),
  colorCodes: optional(text("Not used.")),
  serviceDiscoveryEnabled: optional(flag("Whether Services can be exported and imported.")),
  ...discoveryFields,
  ...deploymentFields,
});

const ingress = members({
  hostname: optional(text("Name of the load balancer.")),
  ip: optional(text("Address of the load balancer.")),
  ports: optional(
    told(
      v.array(
        members({
          port: whole("Number of the port.", "int32"),
          protocol: v.optional(text("TCP, UDP or SCTP."), "TCP"),
          error: optional(told(v.pipe(v.string(), v.maxLength(316)), "Why the port is not served.")),
        }),
      ),
      "Ports of the load balancer.",
      { "x-kubernetes-list-type": "atomic" },
    ),
  ),
});

const status = members({
  clusterID: text("This cluster's name in the clusterset."),
  natEnabled: flag("Whether address translation is expected."),
  version: optional(text("Release that is deployed.")),
  serviceCIDR: optional(text("Subnets of Services in use.")),
  clusterCIDR: optional(text("Subnets of pods in use.")),
  globalCIDR: optional(text("Subnet of global addresses in use.")),
  clustersetIPCIDR: optional(text("Subnet of clusterset addresses in use.")),
  colorCodes: optional(text("Not used.")),
  networkPlugin: optional(text("The CNI plugin that was found.")),
  airGappedDeployment: optional(flag("Whether nothing outside is asked.")),
  deploymentInfo: optional(deploymentInfo),
  gateways: optional(told(v.array(gatewayStatus("One gateway.")), "The gateways of this cluster.")),
  gatewayDaemonSetStatus: daemonSetStatus("How the gateways' DaemonSet is."),
  routeAgentDaemonSetStatus: daemonSetStatus("How the node agents' DaemonSet is."),
  globalnetDaemonSetStatus: daemonSetStatus("How the DaemonSet of global addresses is."),
  loadBalancerStatus: optional(
    told(
      members({
        status: optional(
          told(members({ ingress: optional(told(v.array(ingress), "Where it is reached.")) }), "The Service's own status."),
        ),
      }),
      "How the load balancer before the gateways is.",
    ),
  ),
});

const schema = kubeObject({
  spec: optional(told(spec, "How this cluster takes part in the clusterset.")),
  status: optional(told(status, "What became of it.")),
});

/** How a cluster takes part in the clusterset; the object named `submariner` counts. */
export interface Submariner extends v.InferOutput<typeof schema> {}

/** submariner.io/v1alpha1 submariners. */
export const SubmarinerKind = customKind(
  {
    group: "submariner.io",
    version: "v1alpha1",
    kind: "Submariner",
    plural: "submariners",
    singular: "submariner",
    scope: "Namespaced",
    status: "subresource",
    description: "How this cluster takes part in the clusterset.",
  },
  schema,
);
