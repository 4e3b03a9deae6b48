// SPDX-License-Identifier: Apache-2.0
import { type Change, type Endpoint, keyOf, readEndpoint } from "@strait/k8s";
import { type ClusterId, type MemberEndpoint, type Problem, parseNodeName } from "@strait/model";
import { type ListedGateway, type Membership, newerFirst } from "@strait/plan";

export interface EndpointBookOptions {
  readonly clusterId: ClusterId;
  /** Is told what the Endpoints come to. */
  readonly membership: Pick<Membership, "putEndpoint" | "deleteEndpoint" | "putListed">;
  /** All that are there now, the changes that are taken in included. */
  readonly list: () => readonly Endpoint[];
}

/**
 * The Endpoints that can be read: the other clusters', and the own one, which lists the gateways that forward. One that cannot be
 * read (any more) is refused with the reason, and its last good state stays.
 *
 * @example
 * const book = new EndpointBook({ clusterId, membership, list: () => informer.store.list() });
 * informer.onChange((changes) => book.take(changes));
 */
export class EndpointBook {
  readonly #options: EndpointBookOptions;
  /** The other clusters', by key. */
  readonly #remote = new Map<string, MemberEndpoint>();
  /** By name of the object. */
  readonly #refused = new Map<string, Problem>();
  /** Made when it is asked for. */
  #newest: readonly MemberEndpoint[] | undefined;
  #own: MemberEndpoint | undefined;

  constructor(options: EndpointBookOptions) {
    this.#options = options;
  }

  /** How many of other clusters can be read. */
  get size(): number {
    return this.#remote.size;
  }

  /** The newest of each other cluster, by cluster; the same list until one changes. */
  get newest(): readonly MemberEndpoint[] {
    this.#newest ??= newestOf(this.#remote.values());
    return this.#newest;
  }

  /** The own cluster's, the newest where there are two; undefined where there is none, or never was one that can be read. */
  get own(): MemberEndpoint | undefined {
    return this.#own;
  }

  /** Those of other clusters that cannot be read now. */
  get refused(): readonly Problem[] {
    return [...this.#refused.values()];
  }

  take(changes: readonly Change<Endpoint>[]): void {
    for (const change of changes) this.#take(change);
    if (changes.some(({ object }) => this.#isOwn(object))) this.#takeOwn();
  }

  #take({ type, object: endpoint }: Change<Endpoint>): void {
    const key = keyOf(endpoint);
    const object = `Endpoint ${endpoint.metadata.name}`;
    this.#refused.delete(object);
    const read = type === "put" ? readEndpoint(endpoint) : undefined;
    if (read?.ok && read.value.clusterId !== this.#options.clusterId) {
      this.#remote.set(key, read.value);
      this.#newest = undefined;
      this.#options.membership.putEndpoint(key, read.value);
      return;
    }
    if (read && !read.ok) {
      if (!this.#isOwn(endpoint)) this.#refused.set(object, { object, reason: read.reason });
      return;
    }
    if (!this.#remote.delete(key)) return;
    this.#newest = undefined;
    this.#options.membership.deleteEndpoint(key);
  }

  /** Who forwards for the own cluster. */
  #takeOwn(): void {
    const { list, membership } = this.#options;
    const own = list().filter((endpoint) => this.#isOwn(endpoint));
    const read = own.map(readEndpoint).flatMap((result) => (result.ok ? [result.value] : []));
    if (own.length > 0 && read.length === 0) return;
    this.#own = read.sort(newerFirst)[0];
    membership.putListed(listedGateways(this.#own));
  }

  #isOwn({ spec }: Endpoint): boolean {
    return spec.cluster_id === this.#options.clusterId;
  }
}

function newestOf(endpoints: Iterable<MemberEndpoint>): readonly MemberEndpoint[] {
  const newest = new Map<string, MemberEndpoint>();
  // By the membership's own order: who is probed is who is sent to, also of two that were made in the same second.
  for (const endpoint of [...endpoints].sort(newerFirst)) {
    if (!newest.has(endpoint.clusterId)) newest.set(endpoint.clusterId, endpoint);
  }
  return [...newest.values()].sort((a, b) => (a.clusterId < b.clusterId ? -1 : 1));
}

/** What is no name of a node is none of ours. */
function listedGateways(own: MemberEndpoint | undefined): ListedGateway[] {
  return (own?.gateways ?? []).flatMap(({ hostname, phase }): ListedGateway[] => {
    const name = parseNodeName(hostname);
    return name.ok ? [{ name: name.value, ...(phase && { phase }) }] : [];
  });
}
