// SPDX-License-Identifier: Apache-2.0
import type { KubeApp } from "@strait/lab";
import { until } from "./until.ts";

/** What these tests read of /status. */
export interface AppStatus {
  readonly ready: boolean;
  readonly totals: {
    readonly applies: number;
    readonly writes: number;
    readonly removes: number;
    readonly failures: number;
    readonly errors: number;
  };
}

/** /status of a running app. */
export async function status(app: KubeApp): Promise<AppStatus> {
  return JSON.parse(await app.get("/status")) as AppStatus;
}

/** Kills an app without a warning and waits until the kubelet stand-in has started it again and it is ready. */
export async function killed(...apps: readonly KubeApp[]): Promise<void> {
  const before = apps.map((app) => ({ app, pid: app.pid }));
  for (const { app } of before) if (!app.kill()) throw new Error(`${app.label} does not run`);
  await Promise.all(before.map(({ app, pid }) => startedAgain(app, pid)));
}

/** Waits until an app runs as another process than `pid` and is ready. */
export function startedAgain(app: KubeApp, pid: number | undefined): Promise<unknown> {
  return until(`${app.label} to be ready again`, async () => {
    if (app.pid === undefined || app.pid === pid) return false;
    return (await app.fetch("/readyz")).ok;
  });
}
