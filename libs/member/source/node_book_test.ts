// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import type { Change } from "@strait/k8s";
import { formatCidr } from "@strait/model";
import { NodeBook } from "./node_book.ts";
import type { PlacedNode } from "./placed_kinds.ts";

function node(name: string, podCidr: string, more: Partial<PlacedNode["metadata"]> = {}): PlacedNode {
  return { metadata: { name, ...more }, spec: { podCIDRs: [podCidr] } };
}

function build(there: PlacedNode[]) {
  const told: string[] = [];
  const book = new NodeBook({
    membership: {
      putNode: ({ name, podCidrs }) => void told.push(`put ${name} ${podCidrs.map(formatCidr)}`),
      deleteNode: (name) => void told.push(`delete ${name}`),
    },
    list: () => there,
  });
  return { book, told: () => told.splice(0) };
}

test("a book of nodes takes none before it is known how pods are placed, and then all, anew where that changes", () => {
  const [w1, w2] = [node("w1", "10.1.1.0/24"), node("w2", "10.1.2.0/24")];
  const { book, told } = build([w1, w2]);
  expect(book.take([{ type: "put", object: w1 }])).toHaveLength(1);
  expect(told()).toEqual([]);
  book.place("node subnets");
  expect(told()).toEqual(["put w1 10.1.1.0/24", "put w2 10.1.2.0/24"]);
  book.place("node subnets");
  expect(told()).toEqual([]);
  book.place("each pod");
  expect(told()).toEqual(["put w1 ", "put w2 "]);
});

test.each<[string, Change<PlacedNode>, string[]]>([
  ["a new node", { type: "put", object: node("w1", "10.1.1.0/24") }, ["put w1 10.1.1.0/24"]],
  [
    "another pod subnet",
    { type: "put", object: node("w1", "10.1.9.0/24"), old: node("w1", "10.1.1.0/24") },
    ["put w1 10.1.9.0/24"],
  ],
  [
    "a label",
    { type: "put", object: node("w1", "10.1.1.0/24", { labels: { a: "b" } }), old: node("w1", "10.1.1.0/24") },
    ["put w1 10.1.1.0/24"],
  ],
  [
    "a kubelet's report that changes the version alone",
    { type: "put", object: node("w1", "10.1.1.0/24", { resourceVersion: "2" }), old: node("w1", "10.1.1.0/24") },
    [],
  ],
  ["a node that goes", { type: "delete", object: node("w1", "10.1.1.0/24") }, ["delete w1"]],
])("a book of nodes on %s", (_name, change, expected) => {
  const { book, told } = build([]);
  book.place("node subnets");
  expect(book.take([change])).toHaveLength(expected.length);
  expect(told()).toEqual(expected);
});

test("a book of nodes refuses one whose name cannot be, until it goes", () => {
  const { book, told } = build([]);
  book.place("node subnets");
  const bad = node("w 1", "10.1.1.0/24");
  book.take([{ type: "put", object: bad }]);
  expect(book.refused).toEqual([{ object: "node w 1", reason: expect.any(String) }]);
  book.take([{ type: "delete", object: bad }]);
  expect([book.refused, told()]).toEqual([[], []]);
});
