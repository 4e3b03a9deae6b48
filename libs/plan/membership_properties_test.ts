// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { address, type ClusterId, clusterId, contains, covers, formatCidr, type MemberEndpoint, overlaps } from "@strait/model";
import { Random } from "@strait/model/testing";
import { Membership, planMembership } from "./membership.ts";
import type { JoinedCluster } from "./membership_view.ts";
import { memberNode, randomEndpoint, randomView, reorderedView } from "./testing/membership_scenes.ts";

const RUNS = 300;

describe("planMembership, on random views,", () => {
  test("does not depend on the order of its input", () => {
    let joined = 0;
    for (let seed = 0; seed < RUNS; seed++) {
      const random = new Random(seed);
      const view = randomView(random);
      const before = planMembership(randomView(random)).file;
      const plan = planMembership(view, before);
      expect(planMembership(reorderedView(random, view), before)).toEqual(plan);
      joined += plan.file?.clusters.length ?? 0;
    }
    expect(joined).toBeGreaterThan(RUNS / 2);
  });

  test("lets no other cluster change a row of our own", () => {
    for (let seed = 0; seed < RUNS; seed++) {
      const view = randomView(new Random(seed));
      const alone = planMembership({ ...view, endpoints: [], joined: [] });
      const together = planMembership(view);
      expect(together.file?.nodes).toEqual(alone.file?.nodes);
      expect(together.file?.subnets).toEqual(alone.file?.subnets);
    }
  });

  test("gives every address to one cluster, and no tunnel end to any", () => {
    for (let seed = 0; seed < RUNS; seed++) {
      const random = new Random(seed);
      const { file } = planMembership(randomView(random), planMembership(randomView(random)).file);
      if (!file) continue;
      const announced = [file.subnets, ...file.clusters.map((cluster) => cluster.subnets)].flat();
      for (const [i, a] of announced.entries()) {
        for (const b of announced.slice(i + 1))
          expect([formatCidr(a), formatCidr(b), overlaps(a, b)]).toEqual([formatCidr(a), formatCidr(b), false]);
      }
      const ends = [...file.nodes, ...file.clusters.flatMap((cluster) => cluster.gateways)].flatMap((end) => end.addresses);
      for (const end of ends) expect(announced.some((subnet) => contains(subnet, end))).toBe(false);
      expect(new Set(ends.map((end) => `${end.family} ${end.value}`)).size).toBe(ends.length);
      for (const subnet of file.nodes.flatMap((node) => node.subnets)) {
        expect(file.subnets.some((outer) => covers(outer, subnet))).toBe(true);
      }
    }
  });

  test("is the same as saying it bit by bit, with the file of the step before", () => {
    for (let seed = 0; seed < RUNS; seed++) {
      const random = new Random(seed);
      const { own, ...rest } = randomView(random);
      const next = randomView(random);
      const membership = new Membership();
      membership.own(own);
      for (const node of rest.nodes) membership.putNode(node);
      for (const pod of rest.pods) membership.putPod(pod);
      for (const cluster of rest.joined) membership.putJoined(cluster);
      for (const [i, endpoint] of rest.endpoints.entries()) membership.putEndpoint(String(i), endpoint);
      const before = membership.plan();
      expect(before).toEqual(planMembership({ own, ...rest }));
      for (const { name } of rest.nodes) membership.deleteNode(name);
      for (const { key } of rest.pods) membership.deletePod(key);
      for (const { id } of rest.joined) membership.deleteJoined(id);
      for (const i of rest.endpoints.keys()) membership.deleteEndpoint(String(i));
      for (const pod of next.pods) membership.putPod(pod);
      for (const node of next.nodes) membership.putNode(node);
      for (const cluster of next.joined) membership.putJoined(cluster);
      for (const [i, endpoint] of next.endpoints.entries()) membership.putEndpoint(String(i), endpoint);
      expect(membership.plan()).toEqual(planMembership(next, before.file));
    }
  });

  test("is the same at every one of many small steps", () => {
    for (let seed = 0; seed < 60; seed++) {
      const random = new Random(seed);
      const { own, nodes } = randomView(random);
      const membership = new Membership();
      membership.own(own);
      const here = new Map(nodes.map((node) => [node.name, node]));
      for (const node of nodes) membership.putNode(node);
      const endpoints = new Map<string, MemberEndpoint>();
      const joined = new Map<ClusterId, JoinedCluster>();
      for (let step = 0; step < 40; step++) {
        const previous = membership.plan().file;
        const key = `e${random.below(6)}`;
        const endpoint = { ...randomEndpoint(random), uid: key };
        const id = clusterId(`c${2 + random.below(4)}`);
        const node = memberNode(
          random.below(6),
          random.below(3) === 0 ? { addresses: [address(`10.${random.below(5)}.0.7`)] } : {},
        );
        random.pick([
          () => {
            membership.putEndpoint(key, endpoint);
            endpoints.set(key, endpoint);
          },
          () => {
            membership.deleteEndpoint(key);
            endpoints.delete(key);
          },
          () => {
            membership.putJoined({ id, createdAt: step });
            joined.set(id, { id, createdAt: step });
          },
          () => {
            membership.putNode(node);
            here.set(node.name, node);
          },
        ])();
        const view = {
          own,
          nodes: [...here.values()],
          pods: [],
          joined: [...joined.values()],
          endpoints: [...endpoints.values()],
        };
        // Without a file of its own the last one still counts, as it does for a process that keeps it.
        if (previous) expect(membership.plan()).toEqual(planMembership(view, previous));
      }
    }
  });
});
