// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { address, cidr, formatAddress } from "@strait/model";
import { chooseHealthCheckIps, type HeldAddress } from "./health_check_ips.ts";

const held = (...list: [string, HeldAddress["on"]][]): HeldAddress[] =>
  list.map(([text, on]) => ({ address: address(text), on }));
const choose = (addresses: HeldAddress[], { node = ["10.1.0.0/24"], pods = ["10.1.0.0/16"], current = [] as string[] } = {}) => {
  const choice = chooseHealthCheckIps({
    held: addresses,
    nodeSubnets: node.map(cidr),
    podSubnets: pods.map(cidr),
    current: current.map(address),
  });
  return [choice.addresses.map(formatAddress), choice.assign.map(formatAddress), choice.reason === undefined];
};

test("the CNI bridge's address is chosen, not the node's own", () => {
  expect(choose(held(["172.31.1.2", "other"], ["10.1.0.1", "other"]))).toEqual([["10.1.0.1"], [], true]);
});

test("the address of another node's subnet is not chosen where the node has one of its own", () => {
  expect(choose(held(["10.1.7.1", "other"]))).toEqual([["10.1.0.0"], ["10.1.0.0"], true]);
});

test("with ptp the first address of the node's subnet is ours to assign, whatever pods' interfaces have", () => {
  expect(choose(held(["172.31.1.2", "other"], ["10.1.0.1", "pod"]))).toEqual([["10.1.0.0"], ["10.1.0.0"], true]);
});

test("what was chosen stays when the bridge appears later, and after a restart that forgot it", () => {
  const both = held(["10.1.0.1", "other"], ["10.1.0.0", "ours"]);
  expect(choose(both, { current: ["10.1.0.0"] })).toEqual([["10.1.0.0"], ["10.1.0.0"], true]);
  expect(choose(both)).toEqual([["10.1.0.0"], ["10.1.0.0"], true]);
  expect(choose(both, { current: ["10.1.0.1"] })).toEqual([["10.1.0.1"], [], true]);
});

test("what was chosen goes when the node's subnet is another one", () => {
  const both = held(["10.1.0.0", "ours"], ["10.1.5.1", "other"]);
  expect(choose(both, { node: ["10.1.5.0/24"], current: ["10.1.0.0"] })).toEqual([["10.1.5.1"], [], true]);
});

test("both families are chosen, IPv4 first", () => {
  const node = ["fd01::/64", "10.1.0.0/24"];
  expect(choose(held(["10.1.0.1", "other"]), { node })).toEqual([["10.1.0.1", "fd01::"], ["fd01::"], true]);
});

test("without subnets of nodes only an address that the plugin gave will do", () => {
  expect(choose(held(["10.1.200.7", "other"], ["10.1.3.1", "pod"]), { node: [] })).toEqual([["10.1.200.7"], [], true]);
  expect(choose(held(["172.31.1.2", "other"], ["10.1.3.1", "pod"]), { node: [] })).toEqual([[], [], false]);
});
