// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  announcedSubnets,
  type Cidr,
  type ClusterFile,
  type ClusterId,
  changedItems,
  covers,
  formatCidr,
  hostCidr,
  type MemberEndpoint,
  type NodeName,
  type NodeSpec,
  overlaps,
  type Problem,
  sameAddress,
  sameCidr,
  sameRow,
  specialSubnet,
} from "@strait/model";
import { type Claim, Claims } from "./claims.ts";
import type { ListedGateway } from "./gateway_parts.ts";
import { MemberClusters } from "./member_clusters.ts";
import { MemberNodes } from "./member_nodes.ts";
import type { JoinedCluster, MemberNode, MemberPod, MembershipPlan, MembershipView, OwnCluster } from "./membership_view.ts";
import { sortedProblems } from "./plan.ts";
import { broadest } from "./remote_choice.ts";

/**
 * Makes the planners' input of what is known of the own cluster and the others, each time at the cost of what changed. What did
 * not change is the same object as before, down to the subnets. Pure: the same calls give the same plans.
 *
 * Rows of the own cluster depend on the own cluster's objects only. What another cluster says can make no more than its own entry
 * in `clusters`, inside of what nobody else has (see `MemberClusters`).
 *
 * @example
 * const membership = new Membership(lastFile);
 * membership.own(own);
 * membership.putNode(node);
 * const { file, problems } = membership.plan();
 */
export class Membership {
  readonly #nodes = new MemberNodes();
  readonly #clusters: MemberClusters;
  #own: OwnCluster | undefined;
  #ownProblems: readonly Problem[] = [];
  #subnets: readonly Cidr[] = [];
  #podSubnets: readonly Cidr[] = [];
  #specs: readonly NodeSpec[] = [];
  /** What other clusters may not have: the own cluster's subnets, and its nodes' addresses. */
  #taken: readonly [] | readonly [subnets: Claims, nodes: Claims] = [];
  #plan: MembershipPlan | undefined;

  /** @param previous what was applied last, perhaps by a process before this one: clusters keep the subnets they have in it */
  constructor(previous?: ClusterFile) {
    this.#clusters = new MemberClusters(previous?.clusters ?? []);
  }

  /** Says who we are; to be called before the first plan. */
  own(own: OwnCluster): void {
    this.#own = own;
    const object = `cluster ${own.cluster.id}`;
    const problems: Problem[] = [];
    const announced = broadest(announcedSubnets(own.cluster)).filter((subnet) => {
      const special = specialSubnet(subnet);
      if (special) problems.push({ object, reason: `${formatCidr(subnet)} holds ${special} addresses and is not announced` });
      return !special;
    });
    const pods = podsOnly(announced, own.cluster);
    if (!sameRow(pods, this.#podSubnets)) this.#podSubnets = pods;
    const old = this.#subnets;
    const same = announced.length === old.length && announced.every((subnet, i) => sameCidr(subnet, old[i] as Cidr));
    if (!same) {
      this.#subnets = announced;
      this.#taken = [];
    }
    this.#nodes.subnets = this.#subnets;
    this.#ownProblems = problems;
    this.#clusters.own(own.cluster.id, own.backends);
    this.#plan = undefined;
  }

  putNode(node: MemberNode): void {
    this.#nodes.putNode(node);
    this.#plan = undefined;
  }

  deleteNode(name: NodeName): void {
    this.#nodes.deleteNode(name);
    this.#plan = undefined;
  }

  /** Says what the own cluster's Endpoint says of its gateways; empty where there is none. */
  putListed(listed: readonly ListedGateway[]): void {
    this.#nodes.listed = listed;
    this.#plan = undefined;
  }

  /** Says that the other clusters know this node's gateway, or that this is not known (any more). */
  takePart(node: NodeName | undefined): void {
    this.#nodes.ready = node;
    this.#plan = undefined;
  }

  putPod(pod: MemberPod): void {
    this.#nodes.putPod(pod);
    this.#plan = undefined;
  }

  deletePod(key: string): void {
    this.#nodes.deletePod(key);
    this.#plan = undefined;
  }

  /** Says when a cluster joined: who was there first keeps what two want. */
  putJoined(cluster: JoinedCluster): void {
    this.#clusters.putJoined(cluster);
    this.#plan = undefined;
  }

  deleteJoined(id: ClusterId): void {
    this.#clusters.deleteJoined(id);
    this.#plan = undefined;
  }

  /** Takes an Endpoint object in, under its key; the own cluster's are not looked at. */
  putEndpoint(key: string, endpoint: MemberEndpoint): void {
    this.#clusters.putEndpoint(key, endpoint);
    this.#plan = undefined;
  }

  deleteEndpoint(key: string): void {
    this.#clusters.deleteEndpoint(key);
    this.#plan = undefined;
  }

  /** What all of it comes to now; the same object where nothing was said since the last time. */
  plan(): MembershipPlan {
    this.#plan ??= this.#make();
    return this.#plan;
  }

  #make(): MembershipPlan {
    const own = this.#own;
    if (!own) return { file: undefined, problems: [{ object: "membership", reason: "the own cluster is not known yet" }] };
    const object = `cluster ${own.cluster.id}`;
    const specs = this.#nodes.specs();
    const problems = [...this.#ownProblems, ...this.#nodes.problems()];
    if (this.#subnets.length === 0) {
      problems.push({ object, reason: "no subnet of pods or Services is known: set the cluster's CIDRs" });
      return { file: undefined, problems: sortedProblems(problems) };
    }
    if (specs !== this.#specs || this.#taken.length === 0) this.#takeOwn(own, specs);
    this.#clusters.taken = this.#taken;
    this.#clusters.choose();
    problems.push(...this.#clusters.problems);
    if (!specs.some((node) => node.name === own.node)) {
      problems.push({ object: `node ${own.node}`, reason: "the API server has no usable Node object of this name yet" });
      return { file: undefined, problems: sortedProblems(problems) };
    }
    const file: ClusterFile = {
      ...own.settings,
      cluster: own.cluster.id,
      node: own.node,
      subnets: this.#subnets,
      ...(this.#podSubnets.length > 0 && { podSubnets: this.#podSubnets }),
      nodes: specs,
      clusters: this.#clusters.list,
    };
    return { file, problems: sortedProblems(problems) };
  }

  /** What other clusters may not have. Pods are inside the subnets, so only nodes' addresses count beside those. */
  #takeOwn(own: OwnCluster, specs: readonly NodeSpec[]): void {
    const before = this.#specs;
    const { gone, come } = changedItems(before, specs);
    const same = gone.length === come.length && come.every((spec, i) => sameEnds(gone[i], spec));
    this.#specs = specs;
    const [, known] = this.#taken;
    if (known) {
      if (same) return;
      for (const { name } of gone) known.removeOf(endsOwner(name));
      const fresh = come.flatMap(endsOfNode);
      for (const claim of fresh) known.add(claim);
      this.#clusters.takenChanged(fresh);
      return;
    }
    const subnets = new Claims();
    for (const cidr of this.#subnets) subnets.add({ cidr, owner: "", what: `cluster ${own.cluster.id}` });
    const nodes = new Claims();
    for (const claim of specs.flatMap(endsOfNode)) nodes.add(claim);
    this.#taken = [subnets, nodes];
  }
}

/** Those of what is announced in which no Service and no global address can be. */
function podsOnly(announced: readonly Cidr[], { serviceCidrs, podCidrs, globalCidrs }: OwnCluster["cluster"]): Cidr[] {
  const others = [...serviceCidrs, ...globalCidrs];
  return announced.filter(
    (subnet) => podCidrs.some((pods) => covers(subnet, pods)) && !others.some((other) => overlaps(other, subnet)),
  );
}

/** Who has a node's addresses; no cluster has such an id. */
function endsOwner(name: NodeName): string {
  return ` node ${name}`;
}

function endsOfNode({ name, addresses }: NodeSpec): Claim[] {
  return addresses.map((address) => ({ cidr: hostCidr(address), owner: endsOwner(name), what: `node ${name}` }));
}

function sameEnds(a: NodeSpec | undefined, b: NodeSpec): boolean {
  if (a === b) return true;
  const all = a?.name === b.name && a.addresses.length === b.addresses.length;
  return all && b.addresses.every((address, i) => sameAddress(address, a.addresses[i] as Address));
}

/**
 * As `Membership`, of everything at once.
 *
 * @param previous what was applied before; see `Membership`
 * @example
 * const { file, problems } = planMembership(view);
 */
export function planMembership(view: MembershipView, previous?: ClusterFile): MembershipPlan {
  const membership = new Membership(previous);
  membership.own(view.own);
  for (const node of view.nodes) membership.putNode(node);
  for (const pod of view.pods) membership.putPod(pod);
  for (const cluster of view.joined) membership.putJoined(cluster);
  for (const [index, endpoint] of view.endpoints.entries()) membership.putEndpoint(String(index), endpoint);
  return membership.plan();
}
