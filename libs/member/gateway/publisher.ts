// SPDX-License-Identifier: Apache-2.0
import {
  type ApiClient,
  type Change,
  type Cluster,
  ClusterKind,
  clusterObject,
  type Endpoint,
  EndpointKind,
  type EndpointToWrite,
  endpointObject,
  type Gateway,
  GatewayKind,
  type Informer,
  KeyQueue,
  type KubeObject,
  LeaseKind,
  objectKey,
  type ResourceClient,
  readEndpoint,
} from "@strait/k8s";
import { GATEWAY_LEASE, type GatewayMember, type MemberCluster } from "@strait/model";
import type { Log } from "@strait/obs";
import { newerFirst } from "@strait/plan";
import { elapsed, type Timers } from "@strait/time";
import { gatewayList } from "../publish/gateway_list.ts";
import { gatewayMember } from "../publish/gateway_object.ts";
import { LeaveClock } from "../publish/leave_clock.ts";
import { LiveGateways } from "../publish/live_gateways.ts";
import { withGateways } from "../publish/local_endpoint.ts";
import { says } from "../publish/says.ts";

/** What the cluster tells the clusterset, as this gateway would write it. */
export interface Publication {
  readonly cluster: MemberCluster;
  readonly endpoint: EndpointToWrite;
}

export interface PublisherOptions {
  readonly client: ApiClient;
  readonly namespace: string;
  /** Ours in the Lease: only who still holds it deletes what others wrote. */
  readonly identity: string;
  readonly clusters: Informer<Cluster>;
  readonly endpoints: Informer<Endpoint>;
  readonly gateways: Informer<Gateway>;
  /** Whether a node is to be a gateway; undefined where it is not known. */
  readonly isGateway: (nodeName: string) => boolean | undefined;
  /** Whether the other clusters could hear what was published last: it is in step with the broker, or there is none. */
  readonly heard: () => boolean;
  /** Whether another cluster lists a gateway that is leaving. */
  readonly othersLeave: () => boolean;
  /** Undefined while it is not known; then what is published stays. */
  readonly wanted: () => Publication | undefined;
  readonly log: Log;
  readonly timers: Timers;
}

/** How often it is looked whether a gateway fell silent. */
const LOOK_MS = 5000;
const KEY = "publication";

/**
 * What the leading gateway does for its cluster: the Cluster object, the one Endpoint with all gateways that are alive or on their
 * way out (docs/adr/0010), and the removal of what dead ones left. Writes only what differs. Creates before it deletes, so that there is an Endpoint at every moment;
 * and asks who holds the lease before it writes, so that of two gateways that believe to lead only one does.
 *
 * @example
 * const publisher = new Publisher({ client, namespace, identity, clusters, endpoints, gateways, wanted, log, timers });
 * elector: onChange: (leading) => publisher.lead(leading)
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #queue: KeyQueue;
  readonly #live = new LiveGateways();
  readonly #clock = new LeaveClock();
  readonly #ends: (() => void)[];
  #following = false;
  #leading = false;
  #failure: string | undefined;

  constructor(options: PublisherOptions) {
    this.#options = options;
    const { timers, log, clusters, endpoints, gateways } = options;
    this.#queue = new KeyQueue({ run: (_, signal) => this.#run(signal), concurrency: 1, mostMs: 10_000, timers, log });
    this.#ends = [
      clusters.onChange((changes) => this.#ownChanged(changes)),
      endpoints.onChange((changes) => this.#ownChanged(changes)),
      gateways.onChange(() => {
        this.#live.see(gateways.store.list(), elapsed(timers));
        this.changed();
      }),
      gateways.onState(() => this.#stateChanged()),
    ];
  }

  /** Why the last try failed; undefined where it did not, and where we do not lead. */
  get failure(): string | undefined {
    return this.#leading ? this.#failure : undefined;
  }

  /** Begins or ends to act for the cluster. What was published stays when it ends. */
  lead(leading: boolean): void {
    this.#leading = leading;
    this.#failure = undefined;
    if (leading) this.#queue.add(KEY);
  }

  /** What is wanted may have changed. */
  changed(): void {
    if (this.#leading) this.#queue.add(KEY);
  }

  async stop(): Promise<void> {
    this.#leading = false;
    for (const end of this.#ends) end();
    await this.#queue.stop();
  }

  /** Others' objects change nothing of what is published here. */
  #ownChanged(changes: readonly Change<Cluster | Endpoint>[]): void {
    const id = this.#options.wanted()?.cluster.id;
    if (id === undefined || changes.some(({ object }) => object.spec.cluster_id === id)) this.changed();
  }

  #stateChanged(): void {
    const following = this.#options.gateways.state.reason === undefined;
    if (following && !this.#following) this.#live.restart(elapsed(this.#options.timers));
    this.#following = following;
  }

  async #run(signal: AbortSignal): Promise<void> {
    if (!this.#leading) return;
    try {
      await this.#publish(signal);
      this.#failure = undefined;
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
      throw error;
    }
    if (this.#leading) this.#queue.addAfter(KEY, LOOK_MS);
  }

  async #publish(signal: AbortSignal): Promise<void> {
    const { clusters, endpoints, gateways, wanted, timers, namespace } = this.#options;
    await Promise.all([clusters.synced(signal), endpoints.synced(signal), gateways.synced(signal)]);
    const publication = wanted();
    if (!publication) return;
    const { cluster, endpoint } = publication;
    await this.#put(this.#options.client.resource(ClusterKind), clusters, clusterObject(cluster, namespace), signal);
    const now = elapsed(timers);
    this.#live.see(gateways.store.list(), now);
    const stale = this.#following ? this.#live.stale(gateways.store.list(), now) : [];
    const alive = gateways.store.list().filter((gateway) => !stale.includes(gateway));
    const object = endpointObject({ ...endpoint, gateways: this.#gateways(endpoint, alive, now) }, namespace);
    await this.#putEndpoint(object, signal);
    const others = this.#ownEndpoints(object).filter(({ metadata }) => metadata.name !== object.metadata.name);
    const dead = stale.filter(({ status }) => status.localEndpoint.hostname !== endpoint.hostname);
    if (others.length + dead.length === 0) return;
    await this.#mayWrite(signal);
    for (const one of others) await this.#remove(EndpointKind, one, "it is not of the leading gateway", signal);
    for (const one of dead) await this.#remove(GatewayKind, one, "it gives no sign of life", signal);
  }

  /** Ours is the newest word on who is alive; what is published says who must not just disappear. */
  #gateways(endpoint: EndpointToWrite, objects: readonly Gateway[], now: number): readonly GatewayMember[] {
    const { endpoints, isGateway, heard, othersLeave } = this.#options;
    const others = objects.map(gatewayMember).flatMap((member) => (member.ok ? [member.value] : []));
    const alive = withGateways(endpoint, others).gateways;
    const own = endpoints.store.list().filter(({ spec }) => spec.cluster_id === endpoint.clusterId);
    const read = own.map(readEndpoint).flatMap((result) => (result.ok ? [result.value] : []));
    const published = read.sort(newerFirst)[0]?.gateways ?? [];
    const list = gatewayList({ published, alive, isGateway, heard: heard(), othersLeave, clock: this.#clock, now });
    // A cluster that is told of nobody would be cut off.
    return list.length > 0 ? list : endpoint.gateways;
  }

  /** Receivers take the newest Endpoint of a cluster, so ours must be newer than what another leader left. */
  async #putEndpoint(object: Endpoint, signal: AbortSignal): Promise<void> {
    const { client, endpoints } = this.#options;
    const there = endpoints.store.get(objectKey(object.metadata.namespace, object.metadata.name));
    const made = (endpoint: Endpoint): number => Date.parse(endpoint.metadata.creationTimestamp ?? "") || 0;
    const older = there && this.#ownEndpoints(object).some((other) => other !== there && made(other) >= made(there));
    if (there && older) {
      await this.#mayWrite(signal);
      await this.#remove(EndpointKind, there, "it is older than another leader's", signal);
      await client.resource(EndpointKind).create(object, { signal });
      return;
    }
    await this.#put(client.resource(EndpointKind), endpoints, object, signal);
  }

  /** Endpoints of our cluster in our namespace, whoever wrote them. */
  #ownEndpoints({ spec }: Endpoint): Endpoint[] {
    return this.#options.endpoints.store.list().filter((other) => other.spec.cluster_id === spec.cluster_id);
  }

  /** Creates or replaces an object unless what is there says the same; its labels and foreign annotations stay. */
  async #put<T extends KubeObject & { readonly spec: unknown }>(
    resource: ResourceClient<T>,
    informer: Informer<T>,
    wanted: T,
    signal: AbortSignal,
  ): Promise<void> {
    const { name, namespace, annotations } = wanted.metadata;
    const there = informer.store.get(objectKey(namespace, name));
    if (!there) {
      await this.#mayWrite(signal);
      await resource.create(wanted, { signal });
      this.#options.log.info("published", { object: `${resource.kind.kind} ${name}` });
      return;
    }
    const same =
      says(there.spec, wanted.spec) && says(wanted.spec, there.spec) && says(there.metadata.annotations ?? {}, annotations ?? {});
    if (same) return;
    await this.#mayWrite(signal);
    const metadata = { ...there.metadata, annotations: { ...there.metadata.annotations, ...annotations } };
    await resource.replace({ ...there, metadata, spec: wanted.spec }, { signal });
    this.#options.log.info("published anew", { object: `${resource.kind.kind} ${name}` });
  }

  async #remove(
    kind: typeof EndpointKind | typeof GatewayKind,
    { metadata }: KubeObject,
    why: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { client, log } = this.#options;
    const { name, namespace, uid } = metadata;
    const removed = await client.resource<KubeObject>(kind).delete(name, { namespace, signal, ...(uid && { uid }) });
    if (removed) log.info("removed", { object: `${kind.kind} ${name}`, why });
  }

  /** Asks the API server who leads: what we believe may be a lease's length old. @throws Error where it is not us */
  async #mayWrite(signal: AbortSignal): Promise<void> {
    const { client, namespace, identity } = this.#options;
    const lease = await client.resource(LeaseKind).get(GATEWAY_LEASE, { namespace, signal });
    const holder = lease?.spec?.holderIdentity;
    if (holder !== identity) throw new Error(`nothing is published: ${holder || "nobody"} holds the lease ${GATEWAY_LEASE}`);
  }
}
