// SPDX-License-Identifier: Apache-2.0
import { startControlPlane } from "../control_plane/control_plane.ts";
import type { ControlPlaneKind } from "../control_plane/kind.ts";
import type { Station } from "../station.ts";
import { type BrokerServer, EmbeddedBroker } from "./embedded_broker.ts";
import { API_PORT } from "./kubelet_files.ts";
import type { Workstation } from "./workstation.ts";

/** Name of the broker's context on the workstation. */
export const BROKER_CONTEXT = "broker";

/**
 * Starts the broker's API server in the broker's namespace and gives the workstation its context: `strait broker` in a light
 * lab, a whole Kubernetes control plane in a real one.
 */
export async function startBroker(
  station: Station,
  kind: ControlPlaneKind,
  dir: string,
  workstation: Workstation,
): Promise<BrokerServer> {
  const server = kind === "light" ? await EmbeddedBroker.launch(station, dir) : await realBroker(station, dir);
  workstation.addContext(BROKER_CONTEXT, await Bun.file(server.kubeconfig).text());
  return server;
}

function realBroker(station: Station, dir: string): Promise<BrokerServer> {
  const [family = 4] = station.families;
  return startControlPlane({
    kind: "real",
    name: BROKER_CONTEXT,
    ns: station.ns,
    dir,
    address: station.address(family),
    port: API_PORT,
    names: station.families.map((each) => station.address(each)),
    outlive: true,
  });
}
