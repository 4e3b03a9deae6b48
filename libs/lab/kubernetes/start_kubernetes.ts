// SPDX-License-Identifier: Apache-2.0
import { basename } from "node:path";
import type { Built } from "../cluster.ts";
import type { LabSpec } from "../spec.ts";
import { ApiRelay } from "./api_relay.ts";
import { startBroker } from "./broker_host.ts";
import type { BrokerServer } from "./embedded_broker.ts";
import { KubeCluster } from "./kube_cluster.ts";
import { Workstation } from "./workstation.ts";

/** What a lab with Kubernetes has besides its clusters and nodes. */
export interface KubeSide {
  readonly workstation: Workstation;
  readonly relay: ApiRelay;
  readonly clusters: ReadonlyMap<string, KubeCluster>;
  /** Starts the broker's API server, once; RangeError where the lab has no place for it. */
  broker(): Promise<BrokerServer>;
}

/** Starts the Kubernetes side of a lab whose namespaces stand: all clusters at the same time. The broker waits to be asked for. */
export async function startKubernetes(built: Built, spec: LabSpec, dir: string): Promise<KubeSide> {
  if (built.workstation === undefined) throw new RangeError("the lab has no workstation");
  const kind = spec.kubernetes ?? "light";
  const { nodes = "stand-in", proxy = "nftables" } = spec;
  const labId = basename(dir);
  const workstation = await Workstation.create(built.workstation, dir);
  const relay = new ApiRelay(built.workstation.ns);
  const clusters = await Promise.all(
    built.clusters.flatMap((cluster) => {
      const { api } = cluster;
      return api === undefined
        ? []
        : [
            KubeCluster.start({
              cluster,
              api,
              kind,
              labId,
              history: spec.history,
              nodes,
              proxy: spec.clusters.find(({ id }) => id === cluster.id)?.proxy ?? proxy,
              dir: `${dir}/${cluster.id}-api`,
              workstation,
              relay,
            }),
          ];
    }),
  );
  let broker: Promise<BrokerServer> | undefined;
  return {
    workstation,
    relay,
    clusters: new Map(clusters.map((kube) => [kube.cluster.id, kube])),
    broker() {
      if (built.broker === undefined) throw new RangeError("the lab has no broker: say broker: true");
      broker ??= startBroker(built.broker, kind, `${dir}/broker`, workstation);
      return broker;
    },
  };
}
