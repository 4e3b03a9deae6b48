// SPDX-License-Identifier: Apache-2.0
import { kubeconfigOf } from "@strait/k8s/testing";
import type { HeldAddress } from "@strait/member";
import { type Address, address, ifIndex, linkMtu, ok } from "@strait/model";
import { AppInProcess, FakeKernel, nodeFacts } from "@strait/node/testing";
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
  readonly #app: AppInProcess;
  readonly #ip: Address;

  constructor({ server, node, ip, env = {} }: GatewayProcessOptions) {
    this.#ip = address(ip);
    this.kernel.facts = factsOf(ip);
    const variables = {
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
    this.#app = new AppInProcess({
      name: "gateway",
      owner: "gateway",
      kernel: this.kernel,
      planner: () => new GatewayPlanner(),
      status: gatewayStatus,
      kubeconfig: kubeconfigOf(server),
      env: variables,
    });
  }

  get log(): string {
    return this.#app.log;
  }

  async start(): Promise<void> {
    const parts = await gatewayParts(this.#app.context, async () => ({
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
    await this.#app.start(parts.value);
  }

  async status(): Promise<
    { kubernetes: { leading: boolean; leader: string | null }; problems: { reason: string }[] } & Record<string, unknown>
  > {
    return (await this.#app.status()) as Awaited<ReturnType<GatewayProcess["status"]>>;
  }

  metrics(): Promise<string> {
    return this.#app.metrics();
  }

  /** Ends it as SIGTERM does. */
  async stop(): Promise<void> {
    await this.#app.stop().finally(() => this.#app.remove());
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
