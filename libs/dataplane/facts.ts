// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  type ClusterFile,
  type IfIndex,
  linkMtu,
  MIN_LINK_MTU,
  type NodeFacts,
  ownNode,
  type PathFact,
  sameRow,
  type UplinkFact,
} from "@strait/model";
import type { Link, Netlink, NetlinkEvent } from "@strait/netlink";
import { CNI_CACHE_DIR, resultsDir } from "./cni_cache.ts";
import { CniRecords } from "./cni_records.ts";
import { deviceNames } from "./devices.ts";
import type { ForwardLook } from "./forward_look.ts";
import { NodeMirror } from "./node_mirror.ts";
import { PathCache } from "./path_cache.ts";
import { PodCache } from "./pod_cache.ts";
import { PodRoutes } from "./pod_routes.ts";
import { type WatcherSight, watcherAt } from "./watchers.ts";

/**
 * Devices that hold Services' addresses on every node, which are nobody's, this node's least of all: kube-proxy's in IPVS mode
 * (pkg/proxy/ipvs), and that of the DNS cache of each node (NodeLocal DNSCache), which has the address of the cluster's DNS.
 */
const SERVICE_DEVICES: ReadonlySet<string> = new Set(["kube-ipvs0", "nodelocaldns"]);

function pathTo(netlink: Netlink, remote: Address, links: ReadonlyMap<IfIndex, Link>, file: ClusterFile): PathFact | undefined {
  const path = netlink.getRoute(remote);
  const link = path && links.get(path.ifindex);
  // A route that leads to ourselves or into a tunnel of ours is none to a peer.
  if (!path || !link || path.local || deviceNames.includes(link.name)) return undefined;
  const mtu = Math.min(path.mtu ?? link.mtu, link.mtu, file.mtu ?? Number.POSITIVE_INFINITY);
  if (mtu < MIN_LINK_MTU) return undefined;
  return { remote, local: path.source, ifindex: path.ifindex, mtu: linkMtu(mtu), ...(path.via && { via: path.via }) };
}

/**
 * Looks at this node: its uplinks, the kernel's routes to nodes and peers, its pods' interfaces, its own addresses. Reads only,
 * and after the first time only what news were heard of. What cannot be used (a path narrower than 1280 bytes, an uplink that
 * is not there) is left out; the plan tells why.
 *
 * @example
 * const finder = new FactFinder(netlink);
 * finder.find(file, device);
 * finder.take(event);
 * finder.find(file, device); // unchanged members are the same objects
 */
export class FactFinder {
  readonly #netlink: Netlink;
  readonly #mirror = new NodeMirror();
  readonly #records = new CniRecords();
  readonly #forward: ForwardLook | undefined;
  readonly #sight: WatcherSight;
  #paths = new PathCache();
  #pods: PodCache;
  #routes = new PodRoutes();
  #uplinks: readonly UplinkFact[] = [];
  #hostAddresses: readonly Address[] = [];
  /** What the uplinks were found in. */
  #uplinksFrom: readonly unknown[] = [];
  #usable:
    | { readonly from: readonly PathFact[]; readonly uplinks: readonly UplinkFact[]; readonly paths: readonly PathFact[] }
    | undefined;

  /**
   * @param forward where pods are of interest: then it is looked who else decides about their packets
   * @param ours ids of our programs at pods' interfaces
   */
  constructor(netlink: Netlink, forward?: ForwardLook, ours?: WatcherSight["ours"]) {
    this.#netlink = netlink;
    this.#forward = forward;
    this.#sight = ours ? { ours } : {};
    this.#pods = this.#newPods();
  }

  #newPods(): PodCache {
    return new PodCache(this.#forward && ((ifindex) => watcherAt(this.#netlink, ifindex, this.#sight)));
  }

  /** The next look is at everything. */
  doubt(): void {
    this.#mirror.doubt();
    this.#records.noticed(undefined);
    this.#forward?.doubt();
  }

  /** Follows a notification of the kernel. */
  take(event: NetlinkEvent): void {
    this.#mirror.take(event);
  }

  /** A record of the CNI's changed; undefined: any may have. */
  noticed(record: string | undefined): void {
    this.#records.noticed(record);
  }

  find(file: ClusterFile, device: IfIndex): NodeFacts {
    try {
      return this.#find(file, device);
    } catch (error) {
      // What it had begun to take note of would be missing in the next look.
      [this.#paths, this.#pods, this.#routes] = [new PathCache(), this.#newPods(), new PodRoutes()];
      this.doubt();
      throw error;
    }
  }

  #find(file: ClusterFile, device: IfIndex): NodeFacts {
    const own = ownNode(file);
    if (this.#mirror.stale) this.#mirror.read(this.#netlink);
    this.#records.read(resultsDir(file.cniCacheDir ?? CNI_CACHE_DIR));
    const { links } = this.#mirror;
    const dirt = this.#mirror.dirt();
    const paths = this.#paths.update(file, own, (remote) => pathTo(this.#netlink, remote, links, file), dirt);
    this.#updateUplinks(file, paths);
    const podInterfaces = this.#pods.update(
      this.#mirror,
      this.#records,
      {
        podSubnets: own.subnets,
        clusterSubnets: file.subnets,
        uplinks: this.#uplinks.map(({ ifindex }) => ifindex),
        ...(file.podInterfaces && { names: file.podInterfaces }),
      },
      dirt,
    );
    return {
      uplinks: this.#uplinks,
      paths: this.#usablePaths(paths),
      podInterfaces,
      podRoutes: this.#routes.update(this.#mirror, file.subnets, this.#netlink, dirt),
      device,
      hostAddresses: this.#hostAddresses,
      ...(this.#forward && { forward: this.#forward.look() }),
    };
  }

  #updateUplinks(file: ClusterFile, paths: readonly PathFact[]): void {
    const from = [paths, this.#mirror.version, file.uplinks, file.mtu];
    if (from.every((value, i) => value === this.#uplinksFrom[i])) return;
    this.#uplinksFrom = from;
    const used = new Set<IfIndex>();
    for (const { ifindex } of paths) used.add(ifindex);
    const addresses = [...this.#mirror.addresses()];
    const uplinks = [...this.#mirror.links.values()]
      .filter((link) => (file.uplinks ? file.uplinks.includes(link.name) : used.has(link.ifindex)))
      .filter((link) => link.mtu >= MIN_LINK_MTU)
      .map(
        ({ name, ifindex, mtu }): UplinkFact => ({
          name,
          ifindex,
          mtu: linkMtu(Math.min(mtu, file.mtu ?? mtu, 65536)),
          addresses: addresses.filter((entry) => entry.ifindex === ifindex).map(({ address }) => address),
        }),
      );
    if (!sameRow(uplinks, this.#uplinks)) this.#uplinks = uplinks;
    const ofServices = (ifindex: IfIndex): boolean => SERVICE_DEVICES.has(this.#mirror.links.get(ifindex)?.name ?? "");
    const host = addresses
      .filter(({ scope, tentative, ifindex }) => scope === "global" && !tentative && !ofServices(ifindex))
      .map(({ address }) => address);
    if (!sameRow(host, this.#hostAddresses)) this.#hostAddresses = host;
  }

  #usablePaths(from: readonly PathFact[]): readonly PathFact[] {
    if (this.#usable?.from === from && this.#usable.uplinks === this.#uplinks) return this.#usable.paths;
    const allowed = new Set(this.#uplinks.map(({ ifindex }) => ifindex));
    const paths = from.filter(({ ifindex }) => allowed.has(ifindex));
    this.#usable = { from, uplinks: this.#uplinks, paths };
    return paths;
  }
}

/** One look at everything. */
export function findFacts(netlink: Netlink, file: ClusterFile, device: IfIndex): NodeFacts {
  return new FactFinder(netlink).find(file, device);
}
