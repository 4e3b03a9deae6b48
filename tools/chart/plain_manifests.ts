// SPDX-License-Identifier: Apache-2.0
import { brokerObjects, crds, type Manifest, memberObjects, memberPolicies } from "@strait/k8s";
import {
  accounts,
  brokerSecret,
  gatewayDaemonSet,
  type JoinSettings,
  namespaceObject,
  routeAgentDaemonSet,
  submarinerObject,
} from "@strait/manifests";
import { stringify } from "yaml";

/** What stands where a cluster's own values belong. */
export const EXAMPLE: JoinSettings = {
  namespace: "submariner-operator",
  clusterId: "east",
  podCidrs: ["10.1.0.0/16"],
  podCidrsOfNodes: false,
  serviceCidrs: ["10.101.0.0/16"],
  globalCidrs: [],
  cableDriver: "vxlan",
  nattPort: 4500,
  natEnabled: true,
  preferredServer: false,
  forceUdpEncaps: false,
  airGapped: false,
  loadBalancer: false,
  debug: false,
  healthCheck: { enabled: true, intervalSeconds: 1, maxPacketLossCount: 5 },
  customDomains: [],
  broker: { apiServer: "broker.example:6443", namespace: "submariner-k8s-broker", insecure: false },
  repository: "localhost",
  version: "0.0.0",
  imageOverrides: {},
};

/** The token of {@link EXAMPLE}, which no broker knows. */
export const EXAMPLE_TOKEN = "TOKEN";

/** What a cluster gets that joins with these settings, in the order in which it can be applied. */
export function memberManifests(settings: JoinSettings, token: string): Manifest[] {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  return [
    namespaceObject(settings.namespace),
    ...accounts(settings.namespace),
    brokerSecret({ token: base64(token), namespace: base64(settings.broker.namespace) }, settings.namespace),
    submarinerObject(settings),
    routeAgentDaemonSet(settings),
    gatewayDaemonSet(settings),
  ];
}

/** Objects that `kubectl apply --server-side -f` takes, by file name, for who uses neither `strait join` nor Helm. */
export function plainManifests(version: string): Readonly<Record<string, string>> {
  const settings = { ...EXAMPLE, version };
  const { clusterId } = settings;
  return {
    "crds.yaml": file("The definitions of Submariner's kinds, for the broker and for every member.", crds()),
    "broker.yaml": file(
      `The broker, on one cluster, and the account of member "${clusterId}": its token is in Secret cluster-${clusterId}-token.`,
      [...brokerObjects(), ...memberObjects(clusterId), ...memberPolicies(settings.broker.namespace)],
    ),
    "member.yaml": file(
      `A member: put in place of ${clusterId}, ${[...settings.podCidrs, ...settings.serviceCidrs].join(", ")}, ${settings.broker.apiServer} and the Secret's token what is so.`,
      memberManifests(settings, EXAMPLE_TOKEN),
    ),
  };
}

function file(about: string, objects: readonly object[]): string {
  const documents = objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }));
  return `# ${about}\n${documents.join("---\n")}`;
}
