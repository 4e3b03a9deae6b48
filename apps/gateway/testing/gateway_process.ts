// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HeldAddress } from "@strait/member";
import { type Address, address, ifIndex, linkMtu, ok } from "@strait/model";
import { type AppSpec, NodeApp, parseOptions, systemTimers } from "@strait/node";
import { FakeDataplane, FakeKernel, nodeFacts } from "@strait/node/testing";
import { Log } from "@strait/obs";
import { GatewayPlanner } from "@strait/plan";
import { gatewayParts } from "../kubernetes.ts";
import type { NodeNetwork } from "../node_network.ts";
import { gatewayStatus } from "../status.ts";

/** What a test decides about a gateway. */
export interface GatewayProcessOptions {
  /** URL of its cluster's API server. */
  readonly server: string;
  readonly node: string;
  /** Its address on the underlay. */
  readonly ip: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A gateway app in this process, without a kernel: what it would do to one can be looked at, and who answers pings decided. */
export class GatewayProcess {
  readonly kernel = new FakeKernel();
  /** Targets whose pings are answered. */
  readonly alive = new Set<string>();
  /** Addresses that our device was given. */
  assigned: readonly Address[] = [];
  /** What the node has besides its own address. */
  held: HeldAddress[] = [];
  log = "";
  readonly #folder = mkdtempSync(join(tmpdir(), "st-gateway-"));
  readonly #app: NodeApp;
  readonly #context: NodeApp["context"];
  readonly #ip: Address;
  #stopped: Promise<void> | undefined;

  constructor({ server, node, ip, env = {} }: GatewayProcessOptions) {
    this.#ip = address(ip);
    this.kernel.facts = factsOf(ip);
    const kubeconfig = join(this.#folder, "config");
    writeFileSync(kubeconfig, kubeconfigOf(server));
    const spec: AppSpec = {
      name: "gateway",
      owner: "gateway",
      version: "1.2.3",
      purpose: "Tests.",
      wiring: {
        planner: () => new GatewayPlanner(),
        open: async () => new FakeDataplane(this.kernel),
        uninstall: async () => ({ removed: [] }),
        trace: async () => {},
      },
      status: gatewayStatus,
    };
    const all = {
      KUBECONFIG: kubeconfig,
      STRAIT_STATE_DIR: this.#folder,
      NODE_NAME: node,
      SUBMARINER_NAMESPACE: "submariner-operator",
      SUBMARINER_CLUSTERID: "east",
      SUBMARINER_CLUSTERCIDR: "10.1.0.0/16",
      SUBMARINER_SERVICECIDR: "100.1.0.0/16",
      SUBMARINER_METRICSPORT: "0",
      SUBMARINER_HEALTHCHECKINTERVAL: "0.1",
      LEADERSHIP_LEASEDURATION: "1",
      LEADERSHIP_RENEWDEADLINE: "0.6",
      LEADERSHIP_RETRYPERIOD: "0.1",
      ...env,
    };
    const options = parseOptions(["--listen", `unix:${this.socket}`], all);
    if (!options.ok || options.value.action !== "run") throw new Error("the options of a test are wrong");
    const system = { argv: [], env: all, out: () => true, err: () => {}, timers: systemTimers, onSignal: () => () => {} };
    const log = new Log({
      level: "debug",
      write: (line) => {
        this.log += line;
      },
    });
    this.#app = new NodeApp(spec, system, { log, options: options.value });
    this.#context = this.#app.context;
  }

  /** Where it answers. */
  get socket(): string {
    return join(this.#folder, "gateway.sock");
  }

  async start(): Promise<void> {
    const parts = await gatewayParts(this.#context, async () => ({
      openNetwork: () => this.#network(),
      openPings: (answered) => ({
        ping: async ({ to, key }) => {
          if (this.alive.has(textOf(to))) setTimeout(() => answered(key), 1);
          return ok(true);
        },
        close: () => {},
      }),
    }));
    if (!parts.ok) throw new Error(parts.reason);
    const started = await this.#app.start(parts.value);
    if (!started.ok) throw new Error(started.reason);
  }

  async status(): Promise<
    { kubernetes: { leading: boolean; leader: string | null }; problems: { reason: string }[] } & Record<string, unknown>
  > {
    const answer: unknown = await (await fetch("http://localhost/status", { unix: this.socket })).json();
    return answer as Awaited<ReturnType<GatewayProcess["status"]>>;
  }

  async metrics(): Promise<string> {
    return (await fetch("http://localhost/metrics", { unix: this.socket })).text();
  }

  /** Ends it as SIGTERM does. */
  async stop(): Promise<void> {
    this.#stopped ??= this.#app.stop().finally(() => rmSync(this.#folder, { recursive: true, force: true }));
    await this.#stopped;
  }

  #network(): NodeNetwork {
    return {
      held: () => [
        { address: this.#ip, on: "other" },
        ...this.held,
        ...this.assigned.map((one) => ({ address: one, on: "ours" as const })),
      ],
      outside: () => [this.#ip],
      assign: (addresses) => {
        this.assigned = addresses;
        return true;
      },
      close: () => {},
    };
  }
}

function textOf({ value }: Address): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join(".");
}

function factsOf(ip: string) {
  const local = address(ip);
  const remotes = ["172.31.1.2", "172.31.1.3", "172.31.9.3", "172.31.9.4"].filter((remote) => remote !== ip);
  return nodeFacts({
    uplinks: [{ name: "eth0", ifindex: ifIndex(2), mtu: linkMtu(1500), addresses: [local] }],
    paths: remotes.map((remote) => ({ remote: address(remote), local, ifindex: ifIndex(2), mtu: linkMtu(1500) })),
    hostAddresses: [local],
  });
}

function kubeconfigOf(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    clusters: [{ name: "test", cluster: { server } }],
    users: [{ name: "test", user: {} }],
  });
}
