// SPDX-License-Identifier: Apache-2.0
import { Log } from "@strait/obs";
import { FakeTimers } from "@strait/time/testing";
import { ApiClient } from "../api_client.ts";
import type { Change } from "../change.ts";
import { type Pod, PodKind } from "../core_kinds/pod.ts";
import { Informer, type InformerOptions } from "../informer.ts";
import { FakeApiServer } from "./fake_api_server.ts";
import type { RawObject } from "./fake_objects.ts";
import { until } from "./until.ts";

/** What a scene started; a test file ends it after each test. */
export const running: { stop(): Promise<void> }[] = [];

export async function endAll(): Promise<void> {
  for (const one of running.splice(0).reverse()) await one.stop();
}

/** A pod as a server has it. */
export const pod = (name: string, node = "n1", more: object = {}): RawObject => ({
  metadata: { name, namespace: "default" },
  spec: { nodeName: node },
  ...more,
});

/** An informer of pods on a server of its own, with what it told and logged. Its waits pass only when told. */
export function build(options: InformerOptions & { readonly server?: FakeApiServer } = {}) {
  const server = options.server ?? new FakeApiServer();
  if (!options.server) running.push(server);
  const lines: string[] = [];
  const log = new Log({ write: (line) => lines.push(line) });
  const timers = new FakeTimers();
  const client = new ApiClient(server.connection());
  const informer = new Informer(client.resource(PodKind), { log, timers, random: () => 0.5, ...options });
  running.push(informer);
  const batches: string[][] = [];
  informer.onChange((changes) => batches.push(changes.map(text)));
  return { server, informer, timers, lines, batches, pods: server.objects(PodKind) };
}

/** One change in short: "+a", "-a", "a: n1 → n2". */
export function text(change: Change<Pod>): string {
  const { name } = change.object.metadata;
  if (change.type === "delete") return `-${name}`;
  return change.old ? `${name}: ${change.old.spec?.nodeName} → ${change.object.spec?.nodeName}` : `+${name}`;
}

export type Built = ReturnType<typeof build>;

/** Lets it run until it watches. */
export async function started(built: Built): Promise<Built> {
  built.informer.start();
  await built.informer.synced();
  await until("the watch is open", () => built.server.watches.size === 1);
  return built;
}

/** Lets the informer's waits pass, until something holds. */
export async function passing(built: Built, what: string, holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited++) {
    if (waited > 3000) throw new Error(`in vain: ${what}`);
    const [next] = built.timers.waiting;
    if (next !== undefined && next <= 15_000) await built.timers.advance(next);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
