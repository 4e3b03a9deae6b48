// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  type Cidr,
  changedItems,
  contains,
  formatAddress,
  type IfIndex,
  type PodInterfaceFact,
  sameRow,
} from "@strait/model";
import type { InterfaceAddress } from "@strait/netlink";
import type { CniRecords } from "./cni_records.ts";
import type { NodeMirror } from "./node_mirror.ts";
import { podInterface } from "./pod_interfaces.ts";

/** What decides about every interface alike. */
export interface PodSetting {
  readonly podSubnets: readonly Cidr[];
  readonly clusterSubnets: readonly Cidr[];
  readonly uplinks: readonly IfIndex[];
  readonly names?: readonly string[];
}

/** Who else has a program at an interface. */
export type Watcher = (ifindex: IfIndex) => string | undefined;

/**
 * The pods' interfaces, found once and again where something about one of them changed.
 *
 * @example
 * const facts = cache.update(mirror, records, setting, { interfaces, everyPod });
 */
export class PodCache {
  readonly #found = new Map<IfIndex, PodInterfaceFact>();
  readonly #watcher: Watcher;
  #setting: PodSetting | undefined;
  #facts: readonly PodInterfaceFact[] = [];

  /** @param watcher tells who else looks at what passes a pod's interface; nobody where absent */
  constructor(watcher: Watcher = () => undefined) {
    this.#watcher = watcher;
  }

  /** In the order of their interfaces; the same list, and in it the same objects, where nothing changed. */
  update(
    mirror: NodeMirror,
    records: CniRecords,
    setting: PodSetting,
    { interfaces, everyPod }: { readonly interfaces: ReadonlySet<IfIndex>; readonly everyPod: boolean },
  ): readonly PodInterfaceFact[] {
    const { names: changedNames, all } = records.changed();
    const doubtful = new Set(interfaces);
    const before = this.#setting;
    this.#setting = setting;
    const every =
      everyPod ||
      all ||
      !before ||
      !sameRow(before.uplinks, setting.uplinks) ||
      !sameRow(before.names, setting.names) ||
      !sameRow(before.clusterSubnets, setting.clusterSubnets);
    if (every) for (const ifindex of [...mirror.links.keys(), ...this.#found.keys()]) doubtful.add(ifindex);
    else {
      if (changedNames.size > 0)
        for (const { name, ifindex } of mirror.links.values()) if (changedNames.has(name)) doubtful.add(ifindex);
      this.#addTouched(changedItems(before.podSubnets, setting.podSubnets), mirror, records, doubtful);
    }
    if (doubtful.size === 0) return this.#facts;
    const addresses = [...mirror.addresses()];
    const own = new Set(addresses.map(({ address }) => formatAddress(address)));
    let changed = false;
    for (const ifindex of doubtful) {
      const fact = this.#look(ifindex, mirror, records, setting, addresses, own);
      if (sameRow(fact, this.#found.get(ifindex))) continue;
      changed = true;
      if (fact) this.#found.set(ifindex, fact);
      else this.#found.delete(ifindex);
    }
    if (changed) this.#facts = [...this.#found.values()].sort((a, b) => a.ifindex - b.ifindex);
    return this.#facts;
  }

  #look(
    ifindex: IfIndex,
    mirror: NodeMirror,
    records: CniRecords,
    setting: PodSetting,
    addresses: readonly InterfaceAddress[],
    own: ReadonlySet<string>,
  ): PodInterfaceFact | undefined {
    const link = mirror.links.get(ifindex);
    if (!link) return undefined;
    const fact = podInterface(link, {
      ...setting,
      addresses,
      own,
      routes: mirror.hostRoutes(ifindex),
      cni: records.behind(link.name),
    });
    if (!fact) return undefined;
    const watchedBy = this.#watcher(ifindex);
    return watchedBy === undefined ? fact : { ...fact, watchedBy };
  }

  /** Where the pods' subnets changed: interfaces with an address in what came or went, and those that may send from all. */
  #addTouched(
    { gone, come }: { readonly gone: readonly Cidr[]; readonly come: readonly Cidr[] },
    mirror: NodeMirror,
    records: CniRecords,
    doubtful: Set<IfIndex>,
  ): void {
    if (gone.length === 0 && come.length === 0) return;
    const touched = (address: Address): boolean => [...gone, ...come].some((subnet) => contains(subnet, address));
    for (const { ifindex, name } of mirror.links.values()) {
      const known = this.#found.get(ifindex);
      const routes = mirror.hostRoutes(ifindex).map(({ destination }) => destination.address);
      const cni = records.behind(name).map(({ address }) => address);
      if (known?.pods.length === 0 || [...routes, ...cni].some(touched)) doubtful.add(ifindex);
    }
  }
}
