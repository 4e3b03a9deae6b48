// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { ClusterKind, EndpointKind } from "@strait/k8s";
import { type FakeApiServer, kubeconfigOf, type RawObject } from "@strait/k8s/testing";
import { address, formatAddress, ifIndex, linkMtu, ok } from "@strait/model";
import { rememberLast } from "@strait/node";
import { AppInProcess, FakeKernel, nodeFacts } from "@strait/node/testing";
import { AgentPlanner } from "@strait/plan";
import { agentParts } from "../kubernetes.ts";
import { agentStatus } from "../status.ts";

export const NAMESPACE = "submariner-operator";

/** A Node of the own cluster. */
export function nodeObject(name: string, ip: string, podCidr: string, { gateway = false, ready = true } = {}): RawObject {
  return {
    metadata: { name, labels: gateway ? { "submariner.io/gateway": "true" } : {} },
    spec: { podCIDRs: [podCidr] },
    status: {
      addresses: [{ type: "InternalIP", address: ip }],
      conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
    },
  };
}

/** A cluster of two gateway nodes and worker w1, joined to west. */
export function fillEast(server: FakeApiServer): void {
  const nodes = server.objects({ group: "", version: "v1", plural: "nodes" });
  nodes.put(nodeObject("gw1", "172.31.1.2", "10.1.0.0/24", { gateway: true }));
  nodes.put(nodeObject("gw2", "172.31.1.3", "10.1.1.0/24", { gateway: true }));
  nodes.put(nodeObject("w1", "172.31.1.4", "10.1.2.0/24"));
  const labels = { "submariner-io/clusterID": "west" };
  const metadata = { namespace: NAMESPACE, labels, creationTimestamp: "2026-01-01T00:00:00Z" };
  server.objects(EndpointKind).put({
    apiVersion: "submariner.io/v1",
    kind: EndpointKind.kind,
    metadata: { ...metadata, name: "west-submariner-cable-west-172-31-9-3" },
    spec: {
      cluster_id: "west",
      cable_name: "submariner-cable-west-172-31-9-3",
      hostname: "west-gw1",
      subnets: ["100.2.0.0/16", "10.2.0.0/16"],
      private_ip: "172.31.9.3",
      public_ip: "",
      nat_enabled: false,
      backend: "vxlan",
      backend_config: { "udp-port": "4500" },
      healthCheckIP: "10.2.0.1",
    },
  });
  const spec = {
    cluster_id: "west",
    service_cidr: ["100.2.0.0/16"],
    cluster_cidr: ["10.2.0.0/16"],
    global_cidr: [],
    color_codes: [],
  };
  server.objects(ClusterKind).put({ metadata: { ...metadata, name: "west" }, spec });
}

/** The agent of w1 in this process, without a kernel: what it would do to one can be looked at, and who answers pings decided. */
export class AgentProcess {
  readonly kernel: FakeKernel;
  /** Targets whose pings are answered. */
  readonly alive = new Set<string>();
  readonly #app: AppInProcess;

  /** @param before a process whose kernel and folder this one goes on with */
  constructor(server: string, env: Readonly<Record<string, string>> = {}, before?: AgentProcess) {
    this.kernel = before?.kernel ?? new FakeKernel();
    const local = address("172.31.1.4");
    const path = (remote: string) => ({ remote: address(remote), local, ifindex: ifIndex(2), mtu: linkMtu(1500) });
    this.kernel.facts = nodeFacts({
      uplinks: [{ name: "eth0", ifindex: ifIndex(2), mtu: linkMtu(1500), addresses: [local] }],
      paths: [path("172.31.1.2"), path("172.31.1.3")],
      hostAddresses: [local, address("10.1.2.1")],
    });
    const variables = {
      NODE_NAME: "w1",
      SUBMARINER_NAMESPACE: NAMESPACE,
      SUBMARINER_CLUSTERID: "east",
      SUBMARINER_CLUSTERCIDR: "10.1.0.0/16",
      SUBMARINER_SERVICECIDR: "100.1.0.0/16",
      SUBMARINER_HEALTHCHECKINTERVAL: "0.002",
      SUBMARINER_PROFILEPORT: "0",
      ...env,
    };
    this.#app = new AppInProcess({
      name: "routeagent",
      owner: "agent",
      kernel: this.kernel,
      planner: () => new AgentPlanner(),
      status: agentStatus,
      kubeconfig: kubeconfigOf(server),
      env: variables,
      ...(before && { folder: before.folder }),
    });
  }

  get log(): string {
    return this.#app.log;
  }

  get folder(): string {
    return this.#app.folder;
  }

  async start(): Promise<void> {
    const { context } = this.#app;
    const parts = await agentParts(context, async () => (answered) => ({
      ping: async ({ to, key }) => {
        if (this.alive.has(formatAddress(to))) setTimeout(() => answered(key), 1);
        return ok(true);
      },
      close: () => {},
    }));
    if (!parts.ok) throw new Error(parts.reason);
    const { source, extras } = parts.value;
    const { timers, log } = context;
    const kept = rememberLast(source, join(this.folder, "routeagent.json"), { timers, log });
    await this.#app.start({ source: kept, extras });
  }

  async status(): Promise<Record<string, unknown>> {
    return (await this.#app.status()) as Record<string, unknown>;
  }

  /** Ends it as SIGTERM does. */
  async stop(): Promise<void> {
    await this.#app.stop();
  }

  remove(): void {
    this.#app.remove();
  }
}
