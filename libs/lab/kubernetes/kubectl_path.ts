// SPDX-License-Identifier: Apache-2.0
import { kubeBinaries } from "../control_plane/kube_binaries.ts";

/** The `kubectl` of this machine, else the one that was built for real control planes; undefined where there is neither. */
export async function kubectlPath(): Promise<string | undefined> {
  return Bun.which("kubectl") ?? (await kubeBinaries())?.kubectl;
}
