// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestServer } from "@strait/apiserver/testing";
import { startTestBroker } from "@strait/app-broker/testing";
import { ApiClient, loadKubeConfig, NodeKind } from "@strait/k8s";
import type { Io } from "../io.ts";
import { runStrait } from "../mod.ts";
import { testIo } from "./test_io.ts";

/** What a command line printed and how it ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** An API server with its administrator. */
export interface Place {
  readonly name: string;
  readonly client: ApiClient;
  /** Kubeconfig with one context, named as the place. */
  readonly kubeconfig: string;
}

/** A broker and clusters in this process, without nodes that run anything, and a folder to work in. */
export interface Clusterset extends AsyncDisposable {
  readonly dir: string;
  readonly broker: Place;
  readonly clusters: Readonly<Record<string, Place>>;
  /** Runs a command line; `{dir}` in it is the folder. The cluster is that of the kubeconfig named first. */
  run(place: Place | readonly Place[], argv: readonly string[], io?: Partial<Io>): Promise<Ran>;
}

/** A cluster's address plan. */
export interface Plan {
  readonly pods: string;
  readonly services: string;
}

/** Gives context, cluster and user of a kubeconfig a name of their own, so that several can be read as one. */
function named(kubeconfig: string, name: string): string {
  const config = Bun.YAML.parse(kubeconfig) as Record<"clusters" | "users", object[]>;
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ ...config.clusters[0], name }],
    users: [{ ...config.users[0], name }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}

/** Starts a broker and clusters, each with one node that is ready. It all goes at the end of the scope. */
export async function startClusterset(plans: Readonly<Record<string, Plan>>): Promise<Clusterset> {
  const dir = mkdtempSync(join(tmpdir(), "strait-cli-"));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(dir, { recursive: true, force: true }));
  const place = async (name: string, kubeconfig: string): Promise<Place> => {
    const path = join(dir, `${name}.kubeconfig`);
    writeFileSync(path, named(kubeconfig, name), { mode: 0o600 });
    const client = new ApiClient(await loadKubeConfig({ path }));
    stack.defer(() => client.close());
    return { name, client, kubeconfig: path };
  };
  const running = await startTestBroker(join(dir, "broker"));
  stack.defer(() => running.stop());
  const broker = await place("broker", readFileSync(running.kubeconfig, "utf8"));
  const clusters: Record<string, Place> = {};
  for (const [name, plan] of Object.entries(plans)) {
    const under = await startTestServer({ serviceCidrs: [plan.services] });
    stack.defer(() => under[Symbol.asyncDispose]());
    const cluster = await place(name, under.server.kubeconfig());
    clusters[name] = cluster;
    const metadata = { name: `${name}-node` };
    await cluster.client.resource(NodeKind).create({ metadata, spec: { podCIDR: plan.pods, podCIDRs: [plan.pods] } });
    const conditions = [{ type: "Ready", status: "True", lastTransitionTime: "2026-01-01T00:00:00Z", reason: "", message: "" }];
    const patch = { status: { conditions } };
    await cluster.client.resource(NodeKind).patch(metadata.name, patch, { type: "merge", subresource: "status" });
  }
  const owned = stack.move();
  return {
    dir,
    broker,
    clusters,
    run: async (places, argv, more = {}) => {
      const KUBECONFIG = [places]
        .flat()
        .map(({ kubeconfig }) => kubeconfig)
        .join(":");
      const io = testIo({ env: { KUBECONFIG }, now: () => Date.parse("2026-11-21T10:00:00Z"), ...more });
      const code = await runStrait(
        argv.map((word) => word.replaceAll("{dir}", dir)),
        io,
      );
      return { code, out: io.stdout(), err: io.stderr() };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
