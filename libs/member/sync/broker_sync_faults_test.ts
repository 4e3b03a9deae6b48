// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { ClusterKind, clusterObject, EndpointKind, endpointObject } from "@strait/k8s";
import { FakeApiServer, failure, webPage } from "@strait/k8s/testing";
import { BROKER_LOST_ANNOTATION } from "@strait/model";
import {
  cluster,
  EAST,
  endpoint,
  HERE,
  names,
  published,
  pushed,
  put,
  raw,
  Scene,
  server,
  stopAll,
  THERE,
  WEST,
  writes,
} from "../testing/sync_scene.ts";

// Minutes of the exchange are seconds of a busy machine.
setDefaultTimeout(30_000);
afterEach(stopAll);

/** The same server after it lost its data: its versions go on. */
async function emptied(before: FakeApiServer): Promise<FakeApiServer> {
  const { port } = before;
  await before.stop();
  const back = server(port);
  while (back.version <= before.version) back.compact();
  return back;
}

const annotations = (scene: Scene, name: string | undefined) =>
  scene.local.objects(EndpointKind).get(`${HERE}/${name}`)?.metadata["annotations"] ?? {};

describe("While the broker is away", () => {
  test("at the start, nothing changes here and it says why; when it comes, all is exchanged", async () => {
    const gone = new FakeApiServer();
    const { port } = gone;
    await gone.stop();
    const scene = new Scene("east", server(), gone);
    const west = published("west", 2).map((object) => ({
      ...pushed(object, "west"),
      metadata: { ...pushed(object, "west").metadata, namespace: HERE },
    }));
    put(scene.local, ...published("east", 1), ...west);
    await scene.pass(60_000);
    expect(scene.sync.state.local).toEqual({ connected: true });
    expect(scene.sync.state.broker).toEqual({ connected: false, reason: expect.stringContaining("cannot list") });
    expect(names(scene.local, HERE)).toEqual([...EAST, ...WEST]);
    expect(writes(scene.local)).toEqual([]);
    expect(scene.lines.filter((line) => line.includes("side=broker")).length).toBeLessThanOrEqual(2);

    const back = server(port);
    put(back, ...published("west", 2).map((object) => pushed(object, "west")));
    await scene.until("pushed", () => names(back, THERE).length === 4);
    await scene.inStep();
    expect(names(scene.local, HERE)).toEqual([...EAST, ...WEST]);
  });

  test("for a minute, a change is not tried again and again, and gets there at once afterwards", async () => {
    const first = new FakeApiServer();
    const { port } = first;
    const scene = new Scene("east", server(), first);
    put(scene.local, ...published("east", 1));
    put(first, ...published("west", 2).map((object) => pushed(object, "west")));
    await scene.until("copies", () => names(scene.local, HERE).length === 4 && names(first, THERE).length === 4);
    const kept = [ClusterKind, EndpointKind].flatMap((kind) => first.objects(kind).list());
    await first.stop();
    await scene.until("it is noticed", () => !scene.sync.state.broker.connected);
    scene.local.objects(ClusterKind).put({ ...raw(clusterObject(cluster("east", 77), HERE)) });
    await scene.pass(60_000);
    expect(names(scene.local, HERE)).toEqual([...EAST, ...WEST]);
    expect(scene.sync.state.pending).toBe(1);
    expect(scene.lines.filter((line) => line.includes("level=warn")).length).toBeLessThan(8);

    const back = server(port);
    // Its versions go on, as those of a server that kept its data do.
    while (back.version <= first.version) back.compact();
    put(back, ...kept);
    const arrived = () => JSON.stringify(back.objects(ClusterKind).get(`${THERE}/east`)).includes("10.77.0.0");
    await scene.until("the change", arrived);
    await scene.inStep();
    expect(names(scene.local, HERE)).toEqual([...EAST, ...WEST]);
    expect(writes(back).length).toBe(1);
  });

  test.each<[string, () => Response]>([
    ["answers with a web page", () => webPage()],
    ["refuses our token", () => failure(401, "Unauthorized", "the token has expired")],
    ["forbids it", () => failure(403, "Forbidden", "cluster-east may not list endpoints")],
    ["is overloaded", () => failure(500, "InternalError", "etcd is slow")],
  ])("in that it %s, nothing is removed here", async (_, answer) => {
    const scene = new Scene("east", server(), server());
    put(scene.broker, ...published("west", 2).map((object) => pushed(object, "west")));
    await scene.until("copies", () => names(scene.local, HERE).length === 2);
    const before = writes(scene.local).length;
    scene.broker.intercept = () => answer();
    scene.broker.watches.drop();
    await scene.until("it is noticed", () => !scene.sync.state.broker.connected);
    await scene.pass(30_000);
    expect(names(scene.local, HERE)).toEqual(WEST);
    expect(writes(scene.local).length).toBe(before);
    await scene.sync.stop();
    scene.sync.start();
    await scene.pass(10_000);
    expect(names(scene.local, HERE)).toEqual(WEST);
    expect(scene.sync.state.broker.connected).toBe(false);
  });
});

describe("A broker that lost its data", () => {
  test("costs nothing here, whether or not the others write theirs again", async () => {
    const first = new FakeApiServer();
    const scene = new Scene("east", server(), first);
    put(scene.local, ...published("east", 1));
    put(
      first,
      ...[...published("west", 2), ...published("north", 3)].map((object) =>
        pushed(object, object.metadata.name.split("-")[0] ?? ""),
      ),
    );
    await scene.until("copies", () => names(scene.local, HERE).length === 6 && names(first, THERE).length === 6);
    await scene.inStep();
    const before = writes(scene.local).length;
    const back = await emptied(first);
    await scene.until("ours are there again", () => names(back, THERE).join() === EAST.join());
    await scene.pass(600_000);
    expect(names(scene.local, HERE).length).toBe(6);
    const told = scene.sync.state.problems.map(({ object, reason }) => `${object}: ${reason}`);
    expect(told).toHaveLength(4);
    expect(told[0]).toBe(
      "Cluster north: the broker lost it: it stays until cluster north writes there again, or until it is deleted here",
    );
    expect(scene.lines.filter((line) => line.includes("level=warn") && line.includes("lost its data"))).toHaveLength(2);
    put(back, ...published("west", 2).map((object) => pushed(object, "west")));
    await scene.until("west is not told any more", () => scene.sync.state.problems.length === 2);
    await scene.until("its copies are written", () => scene.sync.state.pending === 0);
    await scene.pass(5000);
    expect(names(scene.local, HERE).length).toBe(6);
    expect(annotations(scene, WEST[1])).not.toHaveProperty(BROKER_LOST_ANNOTATION);
    expect(writes(scene.local).filter(({ method }) => method === "DELETE")).toEqual([]);
    // Each copy is marked once, and that of who is back written once more.
    expect(writes(scene.local).length).toBe(before + 6);
    for (const kind of [ClusterKind, EndpointKind])
      for (const { metadata } of back.objects(kind).list(THERE))
        if (metadata.name.startsWith("west")) back.objects(kind).delete(`${THERE}/${metadata.name}`);
    await scene.until("west left", () => names(scene.local, HERE).length === 4);
    expect(names(scene.local, HERE).filter((name) => name.startsWith("north"))).toHaveLength(2);
  });

  test("still costs nothing when another gateway leads long afterwards, and a person may let go of what stays", async () => {
    const first = new FakeApiServer();
    const scene = new Scene("east", server(), first);
    put(scene.local, ...published("east", 1));
    put(first, ...published("west", 2).map((object) => pushed(object, "west")));
    await scene.until("copies", () => names(scene.local, HERE).length === 4 && names(first, THERE).length === 4);
    await scene.inStep();
    const back = await emptied(first);
    await scene.until("ours are there again", () => names(back, THERE).join() === EAST.join());
    await scene.until("it is told", () => scene.sync.state.problems.length === 2);
    await scene.sync.stop();
    const before = writes(scene.local).length;
    scene.sync.start();
    await scene.pass(600_000);
    expect(names(scene.local, HERE)).toEqual([...EAST, ...WEST]);
    expect(writes(scene.local).length).toBe(before);
    expect(scene.sync.state.problems).toHaveLength(2);
    scene.local.objects(EndpointKind).delete(`${HERE}/${WEST[1]}`);
    scene.local.objects(ClusterKind).delete(`${HERE}/west`);
    await scene.until("nothing is told", () => scene.sync.state.problems.length === 0);
    await scene.inStep();
    expect(names(scene.local, HERE)).toEqual(EAST);
    expect(names(back, THERE)).toEqual(EAST);
  });

  test("and a cluster whose leader changed meanwhile lose no Endpoint: the old one goes once the new one is there", async () => {
    const first = new FakeApiServer();
    const scene = new Scene("east", server(), first);
    put(scene.local, ...published("east", 1));
    put(first, ...published("west", 2).map((object) => pushed(object, "west")));
    await scene.until("copies", () => names(scene.local, HERE).length === 4 && names(first, THERE).length === 4);
    const back = await emptied(first);
    await scene.until("it is told", () => scene.sync.state.problems.length === 2);
    const seen: string[][] = [];
    const endpoints = () => names(scene.local, HERE).filter((name) => name.startsWith("west-"));
    put(back, pushed(raw(endpointObject(endpoint("west", 2, 7), THERE)), "west"));
    await scene.until("the new one alone", () => {
      seen.push(endpoints());
      return endpoints().join() === "west-submariner-cable-west-172-31-2-7";
    });
    expect(seen.every((list) => list.length > 0)).toBe(true);
    expect(names(scene.local, HERE)).toContain("west");
  });

  test("in part, as one that was restored from a copy of before a cluster joined, costs that cluster nothing", async () => {
    const first = new FakeApiServer();
    const { port } = first;
    const scene = new Scene("east", server(), first);
    put(scene.local, ...published("east", 1));
    put(first, ...published("west", 2).map((object) => pushed(object, "west")));
    await scene.until("copies", () => names(scene.local, HERE).length === 4 && names(first, THERE).length === 4);
    await scene.inStep();
    for (let i = 0; i < 50; i++) first.compact();
    first.watches.bookmark(first.version);
    const ours = [ClusterKind, EndpointKind].flatMap((kind) => first.objects(kind).list(THERE));
    await first.stop();
    const back = server(port);
    put(back, ...ours.filter(({ metadata }) => metadata.name.startsWith("east")));
    await scene.until("it watches", () => back.watches.size === 2);
    back.watches.bookmark(back.version);
    await scene.until("it is told", () => scene.sync.state.problems.length === 2);
    await scene.pass(120_000);
    expect(names(scene.local, HERE)).toEqual([...EAST, ...WEST]);
    expect(names(back, THERE)).toEqual(EAST);
    put(back, ...published("west", 2).map((object) => pushed(object, "west")));
    await scene.until("nothing is told", () => scene.sync.state.problems.length === 0);
  });

  test("right after ours were written gets them again all the same", async () => {
    const first = new FakeApiServer();
    const scene = new Scene("east", server(), first);
    await scene.inStep();
    // Its watches tell nothing any more, so the write is all that we know.
    first.watches.stall();
    put(scene.local, ...published("east", 1));
    await scene.until("ours are there", () => names(first, THERE).length === 2);
    await scene.until("it is known", () => scene.sync.state.pending === 0);
    const back = await emptied(first);
    await scene.until("ours are there again", () => names(back, THERE).join() === EAST.join());
  });

  test("is known for one at a start too", async () => {
    const scene = new Scene("east", server(), server());
    await scene.sync.stop();
    const copies = published("west", 2).map((object) => ({
      ...pushed(object, "west"),
      metadata: { ...pushed(object, "west").metadata, namespace: HERE },
    }));
    put(scene.local, ...published("east", 1), ...copies);
    scene.sync.start();
    await scene.until("ours are there", () => names(scene.broker, THERE).join() === EAST.join());
    await scene.pass(600_000);
    expect(names(scene.local, HERE)).toEqual([...EAST, ...WEST]);
  });

  test("is known where we have written nothing yet: it has nothing at all", async () => {
    const scene = new Scene("east", server(), server());
    await scene.sync.stop();
    const copies = published("west", 2).map((object) => ({
      ...pushed(object, "west"),
      metadata: { ...pushed(object, "west").metadata, namespace: HERE },
    }));
    put(scene.local, ...copies);
    scene.sync.start();
    await scene.until("it is told", () => scene.sync.state.problems.length === 2);
    await scene.pass(600_000);
    expect(names(scene.local, HERE)).toEqual(WEST);
  });
});

test("While the own API server is away, the broker's changes wait for it", async () => {
  const first = new FakeApiServer();
  const { port } = first;
  const scene = new Scene("east", first, server());
  await scene.inStep();
  await first.stop();
  put(scene.broker, ...published("west", 2).map((object) => pushed(object, "west")));
  await scene.until("it is noticed", () => !scene.sync.state.local.connected && scene.sync.state.pending === 2);
  await scene.pass(60_000);
  const back = server(port);
  while (back.version <= first.version) back.compact();
  await scene.until("copies", () => names(back, HERE).length === 2);
  expect(writes(scene.broker)).toEqual([]);
});

test("A storm of 410 changes nothing", async () => {
  const scene = new Scene("east", server(), server());
  put(scene.local, ...published("east", 1));
  put(scene.broker, ...published("west", 2).map((object) => pushed(object, "west")));
  await scene.until("copies", () => names(scene.local, HERE).length === 4 && names(scene.broker, THERE).length === 4);
  await scene.inStep();
  const before = writes(scene.local).length + writes(scene.broker).length;
  for (let i = 0; i < 20; i++) {
    for (const on of [scene.local, scene.broker]) {
      on.compact();
      on.watches.expire();
    }
    await scene.pass(500);
  }
  await scene.inStep();
  expect(writes(scene.local).length + writes(scene.broker).length).toBe(before);
  expect(names(scene.local, HERE)).toEqual([...EAST, ...WEST]);
});
