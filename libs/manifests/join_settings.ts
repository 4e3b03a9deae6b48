// SPDX-License-Identifier: Apache-2.0
import type { DeliveryChoice } from "@strait/model";

/** Where the broker is, as the apps are told. */
export interface BrokerAddress {
  /** "host:port", without a scheme, as Submariner writes it. */
  readonly apiServer: string;
  readonly namespace: string;
  /** PEM. Absent where the system's authorities are to be trusted. */
  readonly ca?: string;
  readonly insecure: boolean;
}

/** All that the manifests of a joined cluster are made from. */
export interface JoinSettings {
  readonly namespace: string;
  readonly clusterId: string;
  /** All of them, both families. */
  readonly podCidrs: readonly string[];
  /** Whether the pod CIDRs were read off the nodes: then the apps go on reading them, as nodes come and go. */
  readonly podCidrsOfNodes: boolean;
  readonly serviceCidrs: readonly string[];
  readonly globalCidrs: readonly string[];
  readonly cableDriver: string;
  readonly nattPort: number;
  readonly natEnabled: boolean;
  readonly preferredServer: boolean;
  readonly forceUdpEncaps: boolean;
  readonly airGapped: boolean;
  readonly loadBalancer: boolean;
  readonly debug: boolean;
  /** How packets of pods pass the nodes (docs/adr/0009). */
  readonly delivery: DeliveryChoice;
  readonly healthCheck: { readonly enabled: boolean; readonly intervalSeconds: number; readonly maxPacketLossCount: number };
  readonly customDomains: readonly string[];
  readonly broker: BrokerAddress;
  /** Image repository and version: `REPOSITORY/strait:VERSION`; without a repository, the image that was loaded onto the nodes. */
  readonly repository: string;
  readonly version: string;
  /** Whether a node runs Linux before 6.6, where the apps need more rights. */
  readonly olderKernels: boolean;
  readonly imageOverrides: Readonly<Record<string, string>>;
}

/** Stands for images that no registry has: a bare name would be looked up on the internet. */
const LOCAL = "localhost";

/** The image of a component, an override first. Example: `imageOf(settings, "submariner-gateway")` is "localhost/strait:0.1.0". */
export function imageOf({ repository, version, imageOverrides }: JoinSettings, component: string): string {
  const name = `${repository === "" ? LOCAL : repository.replace(/\/+$/, "")}/strait`;
  return imageOverrides[component] ?? `${name}:${version}`;
}
