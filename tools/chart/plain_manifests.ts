// SPDX-License-Identifier: Apache-2.0
import { brokerObjects, crds, memberObjects, memberPolicies } from "@strait/k8s";
import { type JoinSettings, memberManifests } from "@strait/manifests";
import { stringify } from "yaml";

/** What stands where a cluster's own values belong. */
const EXAMPLE: JoinSettings = {
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
  olderKernels: true,
  imageOverrides: {},
};

/** The token of {@link EXAMPLE}, which no broker knows. */
const EXAMPLE_TOKEN = "TOKEN";

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
