// SPDX-License-Identifier: Apache-2.0
import type { Manifest } from "@strait/k8s";
import type { JoinSettings } from "./join_settings.ts";
import { MANAGED_BY, NAMES } from "./names.ts";

/**
 * The Submariner object: what the cluster joined with, for `strait show` and for upstream's tools. Nothing secret stands in it:
 * upstream's `ceIPSecPSK` is required by nobody and is left out (reference §11, defect 9).
 */
export function submarinerObject(settings: JoinSettings): Manifest {
  return {
    apiVersion: "submariner.io/v1alpha1",
    kind: "Submariner",
    metadata: { name: NAMES.submariner, namespace: settings.namespace, labels: MANAGED_BY },
    spec: {
      broker: "k8s",
      brokerK8sApiServer: settings.broker.apiServer,
      brokerK8sRemoteNamespace: settings.broker.namespace,
      brokerK8sSecret: NAMES.brokerSecret,
      brokerK8sInsecure: settings.broker.insecure,
      cableDriver: settings.cableDriver,
      ceIPSecDebug: false,
      ceIPSecPSKSecret: NAMES.pskSecret,
      ceIPSecNATTPort: settings.nattPort,
      ceIPSecPreferredServer: settings.preferredServer,
      ceIPSecForceUDPEncaps: settings.forceUdpEncaps,
      loadBalancerEnabled: settings.loadBalancer,
      airGappedDeployment: settings.airGapped,
      connectionHealthCheck: settings.healthCheck,
      clusterCIDR: settings.podCidrs.join(","),
      serviceCIDR: settings.serviceCidrs.join(","),
      globalCIDR: settings.globalCidrs.join(","),
      clusterID: settings.clusterId,
      debug: settings.debug,
      namespace: settings.namespace,
      natEnabled: settings.natEnabled,
      repository: settings.repository,
      version: settings.version,
      ...(settings.customDomains.length > 0 && { customDomains: settings.customDomains }),
      ...(Object.keys(settings.imageOverrides).length > 0 && { imageOverrides: settings.imageOverrides }),
    },
  };
}
