// SPDX-License-Identifier: Apache-2.0
import { statSync } from "node:fs";
import type { KubeApp } from "@strait/lab";

/** How long an app may take to be back, in milliseconds: a real kubelet waits 10 s before it starts one again that ended twice. */
const LIMIT = 60_000;

/**
 * Ends an app as its kubelet would and waits until the next one says that it is ready.
 *
 * @returns milliseconds from the start of the new process until /readyz says yes
 * @throws Error where it does not come back
 */
export async function startAgain(app: KubeApp): Promise<number> {
  const old = app.pid;
  app.kill("SIGTERM");
  const end = performance.now() + LIMIT;
  for (;;) {
    const pid = app.pid;
    if (pid !== undefined && pid !== old && (await isReady(app))) return Date.now() - statSync(`/proc/${pid}`).ctimeMs;
    if (performance.now() > end)
      throw new Error(`${app.label} is not ready ${LIMIT / 1000} s after it was ended:\n${app.logTail()}`);
    await Bun.sleep(5);
  }
}

async function isReady(app: KubeApp): Promise<boolean> {
  try {
    return (await app.fetch("/readyz")).ok;
  } catch {
    return false; // it does not listen yet
  }
}
