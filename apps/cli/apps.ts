// SPDX-License-Identifier: Apache-2.0
import type { Io } from "./io.ts";

type App = (argv: readonly string[], env: Io["env"]) => Promise<number>;

/** The apps inside the binary. Each is loaded when it is asked for, so that an app on a node carries nothing of the others. */
const apps: Readonly<Record<string, () => Promise<App>>> = {
  gateway: async () => (await import("@strait/app-gateway")).runGateway,
  routeagent: async () => (await import("@strait/app-routeagent")).runRouteAgent,
  broker: async () => (await import("@strait/app-broker")).runBroker,
};

/** Names of the apps, for help. */
export const appNames: readonly string[] = Object.keys(apps);

/** Runs the app that the first word names; undefined where it names none. */
export function runApp([name = "", ...argv]: readonly string[], { env }: Pick<Io, "env">): Promise<number> | undefined {
  return Object.hasOwn(apps, name) ? apps[name]?.().then((run) => run(argv, env)) : undefined;
}
