// SPDX-License-Identifier: Apache-2.0
import { type ControlPlane, startControlPlane } from "../control_plane/control_plane.ts";
import type { ControlPlaneKind } from "../control_plane/spec.ts";
import type { Station } from "../station.ts";
import { API_PORT } from "./kubelet_files.ts";
import type { Workstation } from "./workstation.ts";

/** Name of the broker's context on the workstation. */
export const BROKER_CONTEXT = "broker";

/** Starts the API server the broker is on, in the broker's namespace, and gives the workstation its context. */
export async function startBroker(
  station: Station,
  kind: ControlPlaneKind,
  dir: string,
  workstation: Workstation,
): Promise<ControlPlane> {
  const [family = 4] = station.families;
  const control = await startControlPlane({
    kind,
    name: BROKER_CONTEXT,
    ns: station.ns,
    dir,
    address: station.address(family),
    port: API_PORT,
    names: station.families.map((each) => station.address(each)),
    outlive: true,
  });
  workstation.addContext(BROKER_CONTEXT, await Bun.file(control.kubeconfig).text());
  return control;
}
