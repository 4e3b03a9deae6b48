// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from "node:url";
import { quote } from "../kubelet/mount_script.ts";

const PLUGIN = fileURLToPath(new URL("../routed_cni/main.ts", import.meta.url));

/** The executable of the CNI plugin "strait-lab-routed", for a node's folder of plugins. */
export function routedCni(): string {
  return `#!/bin/sh\nexec ${quote(process.execPath)} run ${quote(PLUGIN)}\n`;
}
