// SPDX-License-Identifier: Apache-2.0
import { type ControlPlane, startControlPlane, wantedKind } from "@strait/lab";
import { folderOfRun } from "./folder_of_run.ts";

let started: Promise<ControlPlane> | undefined;

/**
 * The control plane of the kind that STRAIT_KUBE names, shared by all files of a run: a real one takes seconds to start. Its
 * servers die with this process, and its folder is removed then. Tests keep apart by namespaces of their own.
 */
export function sharedPlane(): Promise<ControlPlane> {
  started ??= startControlPlane({ kind: wantedKind(), dir: folderOfRun("strait-plane-") });
  return started;
}
