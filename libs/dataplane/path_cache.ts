// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  type Cidr,
  type ClusterFile,
  changedItems,
  contains,
  formatAddress,
  type LinkMtu,
  type NodeSpec,
  type PathFact,
  type RemoteCluster,
  sameRow,
} from "@strait/model";

interface Entry {
  readonly remote: Address;
  /** How many nodes and gateways have it. */
  users: number;
  path: PathFact | undefined;
}

/** What is to be asked anew. */
export interface Doubts {
  readonly everyPath: boolean;
  readonly destinations: readonly Cidr[];
}

/**
 * The kernel's paths to the addresses this node may send outer packets to: the other nodes of its cluster and, from a gateway,
 * the others' gateways. Each is asked for once, and again where a route that covers it changed.
 *
 * @example
 * const paths = cache.update(file, own, (remote) => pathTo(remote), mirror.dirt());
 */
export class PathCache {
  readonly #entries = new Map<string, Entry>();
  #nodes: readonly NodeSpec[] = [];
  #clusters: readonly RemoteCluster[] = [];
  #own = "";
  #mtu: LinkMtu | undefined;
  #paths: readonly PathFact[] = [];

  /** The same list, and in it the same objects, where nothing changed. */
  update(
    file: Pick<ClusterFile, "nodes" | "clusters" | "mtu">,
    own: NodeSpec,
    ask: (remote: Address) => PathFact | undefined,
    doubts: Doubts,
  ): readonly PathFact[] {
    const fresh = this.#follow(file, own);
    let changed = fresh.changed;
    const every = doubts.everyPath || file.mtu !== this.#mtu;
    this.#mtu = file.mtu;
    for (const entry of every ? this.#entries.values() : this.#doubtful(fresh.come, doubts.destinations)) {
      const path = ask(entry.remote);
      if (sameRow(path, entry.path)) continue;
      entry.path = path;
      changed = true;
    }
    if (changed) {
      // Thousands, with each node that comes: no list of lists.
      const paths: PathFact[] = [];
      for (const { path } of this.#entries.values()) if (path) paths.push(path);
      this.#paths = paths;
    }
    return this.#paths;
  }

  #doubtful(come: readonly Entry[], destinations: readonly Cidr[]): Set<Entry> {
    const doubtful = new Set(come);
    for (const destination of destinations) {
      const one = this.#entries.get(formatAddress(destination.address));
      const whole = destination.prefixLength === (destination.address.family === 4 ? 32 : 128);
      if (whole) {
        if (one) doubtful.add(one);
      } else for (const entry of this.#entries.values()) if (contains(destination, entry.remote)) doubtful.add(entry);
    }
    return doubtful;
  }

  /** Counts who has which address. */
  #follow(file: Pick<ClusterFile, "nodes" | "clusters">, own: NodeSpec): { come: Entry[]; changed: boolean } {
    const clusters = own.gateway ? file.clusters : [];
    const come: Entry[] = [];
    let changed = false;
    const add = (remote: Address): void => {
      const key = formatAddress(remote);
      const there = this.#entries.get(key);
      if (there) there.users++;
      else {
        const entry = { remote, users: 1, path: undefined };
        this.#entries.set(key, entry);
        come.push(entry);
      }
    };
    const left: string[] = [];
    const remove = (remote: Address): void => {
      const key = formatAddress(remote);
      const there = this.#entries.get(key);
      if (there && --there.users === 0) left.push(key);
    };
    if (own.name !== this.#own) {
      this.#entries.clear();
      [this.#nodes, this.#clusters, this.#own] = [[], [], own.name];
      changed = true;
    }
    const others = (list: readonly NodeSpec[]): NodeSpec[] => list.filter(({ name }) => name !== own.name);
    const nodes = changedItems(this.#nodes, file.nodes);
    each(others(nodes.gone), ({ addresses }) => addresses, remove);
    each(others(nodes.come), ({ addresses }) => addresses, add);
    const ends = ({ gateways }: RemoteCluster): Address[] => gateways.flatMap(({ addresses }) => addresses);
    const peers = changedItems(this.#clusters, clusters);
    each(peers.gone, ends, remove);
    each(peers.come, ends, add);
    [this.#nodes, this.#clusters] = [file.nodes, clusters];
    for (const key of left) {
      if (this.#entries.get(key)?.users !== 0) continue;
      changed ||= this.#entries.get(key)?.path !== undefined;
      this.#entries.delete(key);
    }
    return { come: come.filter(({ users }) => users > 0), changed };
  }
}

function each<T>(items: readonly T[], of: (item: T) => readonly Address[], run: (address: Address) => void): void {
  for (const item of items) for (const address of of(item)) run(address);
}
