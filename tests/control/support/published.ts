// SPDX-License-Identifier: Apache-2.0
import type { EndpointToWrite } from "@strait/k8s";
import { address, cableName, cidr, clusterId, type MemberCluster } from "@strait/model";

/** Cluster n as it tells the others: Services 100.n.0.0/16, pods 10.n.0.0/16 and fd0n::/48. */
export function cluster(id: string, n: number): MemberCluster {
  const podCidrs = [cidr(`10.${n}.0.0/16`), cidr(`fd0${n}::/48`)];
  return { id: clusterId(id), serviceCidrs: [cidr(`100.${n}.0.0/16`)], podCidrs, globalCidrs: [] };
}

/** Its Endpoint, with the gateway of this number. */
export function endpoint(id: string, n: number, gateway: number): EndpointToWrite {
  const privateIps = [address(`172.31.${n}.${gateway}`), address(`fd31:${n}::${gateway}`)];
  return {
    clusterId: clusterId(id),
    cableName: cableName(id, privateIps[0] as never),
    hostname: `gw${gateway}`,
    subnets: [cidr(`100.${n}.0.0/16`), cidr(`10.${n}.0.0/16`), cidr(`fd0${n}::/48`)],
    privateIps,
    publicIps: [],
    natEnabled: false,
    backend: "vxlan",
    backendConfig: { "udp-port": "4500" },
    healthCheckIps: [],
    gateways: [{ hostname: `gw${gateway}`, privateIps, publicIps: [], port: 4500, healthCheckIps: [] }],
  };
}
