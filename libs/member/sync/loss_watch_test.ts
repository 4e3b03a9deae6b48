// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import type { KubeObject } from "@strait/k8s";
import { FakeTimers } from "@strait/k8s/testing";
import { BROKER_LOST_ANNOTATION } from "@strait/model";
import { Log } from "@strait/obs";
import type { Side } from "@strait/plan";
import { LossWatch } from "./loss_watch.ts";
import { LostBroker } from "./lost_broker.ts";

/** "west 2" is an object of cluster west; "!" marks a copy whose original was lost before. */
function object(text: string): KubeObject {
  const marked = text.endsWith("!");
  return { metadata: { name: text.replace("!", ""), ...(marked && { annotations: { [BROKER_LOST_ANNOTATION]: "true" } }) } };
}
const clusterOf = ({ metadata }: KubeObject) => metadata.name.split(" ")[0] ?? "";

/** Cluster east's view of what is there. */
function build(there: Readonly<Record<Side, readonly string[]>>) {
  const objects = { local: there.local.map(object), broker: there.broker.map(object) };
  const ofCluster = (side: Side, cluster = "east") => objects[side].filter((each) => clusterOf(each) === cluster);
  const named = (side: Side, name: string) => objects[side].find(({ metadata }) => metadata.name === name);
  const lists = {
    all: (side: Side) => objects[side],
    clusterOf,
    isOurs: (each: KubeObject) => clusterOf(each) === "east",
    ofCluster,
    pair: (name: string) => ({ local: named("local", name), broker: named("broker", name) }),
  };
  const lines: string[] = [];
  const held = { unseen: false };
  const lost = new LostBroker(new FakeTimers());
  const log = new Log({ write: (line) => lines.push(line) });
  const watch = new LossWatch<KubeObject>({ lists, lost, unseen: () => held.unseen, what: "Cluster", log });
  const kept = () => objects.local.map(({ metadata }) => metadata.name).filter((name) => lost.has(name));
  return { watch, lost, lines, held, kept };
}

test.each<[string, readonly string[], readonly string[], string[]]>([
  ["in which both sides are in step", ["east 1", "west 1"], ["east 1", "west 1"], []],
  ["from which another cluster left while nobody looked", ["east 1", "west 1", "south 1"], ["east 1", "west 1"], []],
  ["that lost everything", ["east 1", "west 1"], [], ["west 1"]],
  ["that lost what we wrote, and kept another's", ["east 1", "west 1", "south 1"], ["west 1"], ["south 1"]],
  ["that was empty before we ever wrote there", ["east 1"], [], []],
  ["that holds nothing of ours, where we have nothing either", ["west 1"], ["south 1"], []],
  ["that lost everything, where we have nothing of our own yet", ["west 1"], [], ["west 1"]],
])("a watch for losses at its begin, with a broker %s", (_name, local, broker, expected) => {
  const { watch, kept, lines } = build({ local, broker });
  watch.begun();
  expect(kept()).toEqual(expected);
  expect(lines).toHaveLength(expected.length > 0 ? 1 : 0);
});

test("a watch for losses takes it for a loss when ours is gone that we did not remove, and says so once", () => {
  const { watch, kept, lines } = build({ local: ["east 1", "east 2", "west 1"], broker: [] });
  watch.vanished("east 1");
  watch.vanished("east 2");
  expect(kept()).toContain("west 1");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("copies=1");
});

test("a watch for losses takes it for none when another's is gone, or what we removed", () => {
  const { watch, lost, kept } = build({ local: ["east 1", "west 1"], broker: [] });
  watch.vanished("west 1");
  lost.removing("east 1");
  watch.vanished("east 1");
  expect(kept()).toEqual([]);
});

test("a watch for losses takes it for a loss when anything goes before we heard of what we wrote", () => {
  const { watch, held, kept } = build({ local: ["east 1", "west 1"], broker: [] });
  held.unseen = true;
  watch.vanished("west 1");
  expect(kept()).toEqual(["west 1"]);
});

test("a watch for losses names the copies to look at again when their cluster is back, and no others", () => {
  const { watch, kept } = build({ local: ["east 1", "west 1", "west 2", "west 3!", "south 1"], broker: ["west 2"] });
  watch.found();
  expect(kept()).toEqual(["west 1", "west 3", "south 1"]);
  expect(watch.appeared(object("west 1"))).toEqual(["west 3"]);
  expect(kept()).toEqual(["west 3", "south 1"]);
  expect(watch.appeared(object("west 9"))).toEqual(["west 3"]);
});
