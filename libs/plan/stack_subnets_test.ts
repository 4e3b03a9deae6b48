// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { address, cidr, formatCidr, type PodRouteFact } from "@strait/model";
import { StackSubnets } from "./stack_subnets.ts";

const subnets = [cidr("10.100.0.0/16"), cidr("10.1.0.0/16")];
const pods = [cidr("10.1.0.0/16")];
const own = { subnets: [cidr("10.1.0.0/24")] };

function route(destination: string, via?: string): PodRouteFact {
  return { destination: cidr(destination), ...(via !== undefined && { via: address(via) }) };
}

test.each<[string, readonly PodRouteFact[], readonly (typeof pods)[], string[]]>([
  ["Services, and no pods where no route leads", [], [pods], ["10.100.0.0/16"]],
  ["everything where nobody says what is whose", [], [], ["10.100.0.0/16", "10.1.0.0/16"]],
  ["no pods where routes name nodes", [route("10.1.1.0/26", "172.31.1.3")], [pods], ["10.100.0.0/16"]],
  ["pods behind a device of the CNI", [route("10.1.0.0/16")], [pods], ["10.100.0.0/16", "10.1.0.0/16"]],
  [
    "pods behind a next hop that is a pod's address",
    [route("10.1.1.0/24", "10.1.0.5")],
    [pods],
    ["10.100.0.0/16", "10.1.0.0/16"],
  ],
  ["no pods for the sake of the node's own bridge", [route("10.1.0.0/24")], [pods], ["10.100.0.0/16"]],
  ["no pods for a route to somewhere else", [route("10.9.0.0/24")], [pods], ["10.100.0.0/16"]],
])("StackSubnets: the stack has %s", (_name, podRoutes, [podSubnets], expected) => {
  const all = new StackSubnets();
  const look = () => all.of({ subnets, ...(podSubnets && { podSubnets }) }, { podRoutes }, own);
  expect(look().map(formatCidr)).toEqual(expected);
  expect(look()).toBe(look());
});
