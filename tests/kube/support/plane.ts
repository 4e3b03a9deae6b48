// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ControlPlane, startControlPlane, wantedKind } from "@strait/lab";

let started: Promise<ControlPlane> | undefined;

/**
 * The control plane of the kind that STRAIT_KUBE names, shared by all files of a run: a real one takes seconds to start. Its
 * servers die with this process, and its folder is removed when that ends. Tests keep apart by namespaces of their own.
 */
export function sharedPlane(): Promise<ControlPlane> {
  started ??= start();
  return started;
}

async function start(): Promise<ControlPlane> {
  const dir = mkdtempSync(join(tmpdir(), "strait-plane-"));
  let pids = () => [] as number[];
  process.once("exit", () => {
    for (const pid of pids()) process.kill(pid, "SIGKILL");
    rmSync(dir, { recursive: true, force: true });
  });
  const plane = await startControlPlane({ kind: wantedKind(), dir });
  pids = () => plane.pids();
  return plane;
}
