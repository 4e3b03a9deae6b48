// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { type Address, address, type ClusterFile, type IfIndex, type NodeFacts, parseClusterFile } from "@strait/model";
import type { Applied } from "@strait/node";
import { Log } from "@strait/obs";
import { FakeTimers } from "@strait/time/testing";
import { LocalBook } from "./local_book.ts";
import type { LocalState } from "./local_state.ts";

function clusterFile(): ClusterFile {
  const parsed = parseClusterFile(`
cluster: east
node: gw1
subnets: [10.1.0.0/16]
nodes:
  - { name: gw1, addresses: [172.31.1.2], subnets: [10.1.0.0/24], gateway: true }
clusters: []
`);
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed));
  return parsed.value;
}

const facts: NodeFacts = { uplinks: [], paths: [], podInterfaces: [], podRoutes: [], device: 3 as IfIndex, hostAddresses: [] };
const applied = (file: ClusterFile, more: Partial<NodeFacts> = {}) => ({ file, facts: { ...facts, ...more } }) as Applied;

function build() {
  const timers = new FakeTimers();
  const lines: string[] = [];
  const given: (readonly Address[] | undefined)[] = [];
  const used: LocalState[] = [];
  const held: { address: string | undefined; fault?: Error } = { address: "10.1.0.1" };
  const book = new LocalBook({
    find(current) {
      given.push(current);
      if (held.fault) throw held.fault;
      if (held.address === undefined) return undefined;
      return {
        endpoint: undefined,
        healthCheck: { addresses: [address(held.address)], assign: [], reason: undefined },
        failures: [],
      };
    },
    use: (state) => void used.push(state),
    log: new Log({ write: (line) => lines.push(line) }),
    timers,
  });
  return { book, timers, lines, given, used, held };
}

test("a book of what this gateway is asks with the addresses it has, and makes the node as was found", () => {
  const { book, given, used } = build();
  expect([book.look(), book.look()]).toEqual([true, true]);
  expect(given).toEqual([undefined, [address("10.1.0.1")]]);
  expect(used.at(-1)).toBe(book.state as LocalState);
});

test("a book of what this gateway is keeps it where it cannot be found out, says why once, and that it is over", () => {
  const { book, lines, used, held } = build();
  book.look();
  const before = book.state;
  held.fault = new Error("no such device");
  expect([book.look(), book.look()]).toEqual([false, false]);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("no such device");
  delete held.fault;
  held.address = undefined;
  expect([book.look(), book.state, used.length]).toEqual([false, before, 1]);
  held.address = "10.1.0.1";
  expect([book.look(), lines.length]).toEqual([true, 2]);
});

test("a book of what this gateway is holds for ten seconds of passes that only other clusters and nodes asked for", async () => {
  const { book, timers } = build();
  const file = clusterFile();
  const others = () => applied({ ...file });
  expect(book.believed(others())).toBe(false);
  book.look();
  expect(book.believed(others())).toBe(true);
  await timers.advance(9_999);
  expect(book.believed(others())).toBe(true);
  await timers.advance(1);
  expect(book.believed(others())).toBe(false);
  expect(book.believed(others())).toBe(true);
});

test.each<[string, (file: ClusterFile) => Applied | undefined]>([
  ["with no new file: the kernel asked for it", (file) => applied(file)],
  ["with another device", (file) => applied({ ...file }, { device: 4 as IfIndex })],
  ["with other addresses", (file) => applied({ ...file }, { hostAddresses: [address("172.31.1.2")] })],
  ["with other subnets of the cluster", (file) => applied({ ...file, subnets: [] })],
  ["with another entry of this node", (file) => applied({ ...file, nodes: file.nodes.map((node) => ({ ...node })) })],
  ["that did not come to an end", () => undefined],
])("a book of what this gateway is does not hold after a pass %s", (_name, next) => {
  const { book } = build();
  const file = clusterFile();
  book.look();
  book.believed(applied(file));
  expect(book.believed(next(file))).toBe(false);
});

test("a book of what this gateway is does not hold before it was found out", () => {
  const { book } = build();
  const file = clusterFile();
  book.believed(applied(file));
  expect(book.believed(applied({ ...file }))).toBe(false);
});
