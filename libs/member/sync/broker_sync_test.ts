// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { ClusterKind, clusterObject, EndpointKind, endpointObject } from "@strait/k8s";
import { failure, type RawObject } from "@strait/k8s/testing";
import { CLUSTER_ID_LABEL } from "@strait/model";
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

describe("The exchange with the broker", () => {
  test("brings every cluster's objects to the others, under their marks", async () => {
    const broker = server();
    const east = new Scene("east", server(), broker);
    const west = new Scene("west", server(), broker);
    put(east.local, ...published("east", 1));
    put(west.local, ...published("west", 2));
    await east.until("west in east", () => names(east.local, HERE).length === 4);
    await west.until("east in west", () => names(west.local, HERE).length === 4);
    for (const on of [east.local, west.local]) expect(names(on, HERE)).toEqual([...EAST, ...WEST]);
    const copy = east.local.objects(EndpointKind).get(`${HERE}/${WEST[1]}`);
    expect(copy?.metadata["labels"]).toEqual({ [CLUSTER_ID_LABEL]: "west" });
    expect(copy?.["spec"]).toEqual(published("west", 2)[1]?.["spec"]);
    await east.inStep();
    expect(east.sync.state).toEqual({ broker: { connected: true }, local: { connected: true }, problems: [], pending: 0 });
  });

  test("has published what is ours once the broker has it, whatever becomes of others' objects here", async () => {
    const scene = new Scene("east", server(), server());
    expect(scene.sync.published).toBe(false);
    put(scene.broker, ...published("west", 2).map((object) => pushed(object, "west")));
    const refuses = (method: string) =>
      method === "GET" ? undefined : failure(422, "Invalid", "spec: not what is allowed here");
    scene.local.intercept = ({ method }) => refuses(method);
    await scene.until("west to be refused here", () => scene.sync.state.problems.length === 2);
    put(scene.local, ...published("east", 1));
    await scene.until("ours on the broker", () => names(scene.broker, THERE).length === 4);
    await scene.until("that it is seen there", () => scene.sync.published);
    expect(scene.sync.state.pending).toBeGreaterThan(0);
    scene.broker.intercept = ({ method }) => refuses(method);
    put(scene.local, ...published("east", 7));
    await scene.until("that a change is not there", () => !scene.sync.published);
    await scene.pass(10_000);
    expect(scene.sync.published).toBe(false);
    scene.broker.intercept = () => undefined;
    await scene.until("the change", () => scene.sync.published, 60_000);
    await scene.sync.stop();
    expect(scene.sync.published).toBe(false);
  });

  test("writes nothing after a restart where nothing changed", async () => {
    const scene = new Scene("east", server(), server());
    put(scene.local, ...published("east", 1));
    put(scene.broker, ...published("west", 2).map((object) => pushed(object, "west")));
    await scene.until("copies", () => names(scene.local, HERE).length === 4 && names(scene.broker, THERE).length === 4);
    await scene.sync.stop();
    const before = writes(scene.local).length + writes(scene.broker).length;
    scene.sync.start();
    await scene.inStep();
    await scene.sync.idle();
    expect(writes(scene.local).length + writes(scene.broker).length).toBe(before);
  });

  test("makes good what happened while it did not run", async () => {
    const scene = new Scene("east", server(), server());
    put(scene.local, ...published("east", 1));
    put(scene.broker, ...published("west", 2).map((object) => pushed(object, "west")));
    await scene.until("copies", () => names(scene.local, HERE).length === 4 && names(scene.broker, THERE).length === 4);
    await scene.sync.stop();
    scene.local.objects(EndpointKind).delete(`${HERE}/${EAST[1]}`);
    scene.broker.objects(ClusterKind).delete(`${THERE}/west`);
    scene.broker.objects(EndpointKind).delete(`${THERE}/${WEST[1]}`);
    put(scene.broker, ...published("north", 3).map((object) => pushed(object, "north")));
    scene.sync.start();
    const wanted = ["east", "north", "north-submariner-cable-north-172-31-3-1"];
    await scene.until("both right", () =>
      [scene.local, scene.broker].every((on, i) => names(on, [HERE, THERE][i] ?? "").length === 3),
    );
    expect(names(scene.local, HERE)).toEqual(wanted);
    expect(names(scene.broker, THERE)).toEqual(wanted);
  });

  test("at 1 000 objects writes one for a change of one", async () => {
    const scene = new Scene("east", server(), server());
    scene.broker
      .objects(ClusterKind)
      .fill(Array.from({ length: 1000 }, (_, i) => pushed(raw(clusterObject(cluster(`c${i}`, i % 250), HERE)), `c${i}`)));
    scene.broker.watches.expire();
    scene.broker.compact();
    await scene.until("all", () => names(scene.local, HERE).length === 1000);
    await scene.inStep();
    const before = writes(scene.local).length;
    expect(before).toBe(1000);
    put(scene.broker, pushed(raw(clusterObject(cluster("c7", 99), HERE)), "c7"));
    const changed = () => JSON.stringify(scene.local.objects(ClusterKind).get(`${HERE}/c7`)?.["spec"]).includes("10.99.0.0");
    await scene.until("the change", changed);
    await scene.inStep();
    expect(writes(scene.local).length).toBe(before + 1);
    expect(writes(scene.broker)).toEqual([]);
  });

  test("does not make the broker forget a cluster for a moment when its gateway changes", async () => {
    const broker = server();
    const east = new Scene("east", server(), broker);
    const west = new Scene("west", server(), broker);
    put(east.local, ...published("east", 1));
    await west.until("east in west", () => names(west.local, HERE).length === 2);
    const ends = () => names(west.local, HERE).filter((name) => name.includes("cable"));
    let least = Number.POSITIVE_INFINITY;
    west.local.objects(EndpointKind).listen(() => {
      least = Math.min(least, ends().length);
    });
    // In the worse order: the old one is gone before the new one is there, as far as anybody can see.
    await east.sync.stop();
    east.local.objects(EndpointKind).delete(`${HERE}/${EAST[1]}`);
    put(east.local, raw(endpointObject(endpoint("east", 1, 2), HERE)));
    east.sync.start();
    await west.until("the new one", () => ends().join() === "east-submariner-cable-east-172-31-1-2");
    expect(least).toBe(1);
    expect(names(broker, THERE)).toEqual(["east", "east-submariner-cable-east-172-31-1-2"]);
  });

  test.each(["broker", "local"] as const)(
    "keeps the old Endpoint of a cluster while the %s refuses the new one",
    async (side) => {
      const scene = new Scene("east", server(), server());
      put(scene.local, ...published("east", 1));
      put(scene.broker, ...published("west", 2).map((object) => pushed(object, "west")));
      await scene.until("copies", () => names(scene.local, HERE).length === 4 && names(scene.broker, THERE).length === 4);
      await scene.inStep();
      const refusing = scene[side];
      refusing.intercept = ({ method }) => (method === "POST" ? failure(500, "InternalError", "not now") : undefined);
      if (side === "broker") {
        put(scene.local, raw(endpointObject(endpoint("east", 1, 2), HERE)));
        scene.local.objects(EndpointKind).delete(`${HERE}/${EAST[1]}`);
      } else {
        put(scene.broker, pushed(raw(endpointObject(endpoint("west", 2, 2), HERE)), "west"));
        scene.broker.objects(EndpointKind).delete(`${THERE}/${WEST[1]}`);
      }
      const ends = () =>
        names(refusing, side === "broker" ? THERE : HERE).filter((name) => /^(east.*-1-\d|west.*-2-\d)$/.test(name));
      await scene.until("told", () => scene.sync.state.problems.length === 1);
      await scene.pass(20_000);
      expect(ends()).toEqual([EAST[1] ?? "", WEST[1] ?? ""]);
      refusing.intercept = () => undefined;
      const changed = side === "broker" ? EAST : WEST;
      await scene.until("the new one only", () => ends().length === 2 && !ends().includes(changed[1] ?? ""));
    },
  );

  test("makes an Endpoint anew on the broker that was made anew here", async () => {
    const scene = new Scene("east", server(), server());
    put(scene.local, ...published("east", 1));
    const on = () => scene.broker.objects(EndpointKind).get(`${THERE}/${EAST[1]}`);
    await scene.until("pushed", () => on() !== undefined);
    const uid = on()?.metadata.uid;
    scene.local.objects(EndpointKind).delete(`${HERE}/${EAST[1]}`);
    put(scene.local, ...published("east", 1).slice(1));
    await scene.until("a new one", () => on() !== undefined && on()?.metadata.uid !== uid);
  });

  test("is content with a server that cuts what its definition does not know", async () => {
    const scene = new Scene("east", server(), server());
    scene.broker.intercept = ({ body }) => {
      const spec = (body as RawObject | undefined)?.["spec"] as Record<string, unknown> | undefined;
      delete spec?.["privateIPs"];
      return undefined;
    };
    put(scene.local, ...published("east", 1));
    await scene.until("pushed", () => names(scene.broker, THERE).length === 2);
    await scene.pass(30_000);
    expect(writes(scene.broker).length).toBe(2);
    scene.broker.compact();
    scene.broker.watches.expire();
    await scene.pass(30_000);
    expect(writes(scene.broker).length).toBe(2);
  });
});

describe("What another cluster writes", () => {
  test("in our name is neither copied nor overwritten, and told", async () => {
    const scene = new Scene("east", server(), server());
    const [, forged] = published("east", 9);
    const [ours] = published("west", 2);
    put(scene.broker, pushed(forged as RawObject, "west"), {
      ...pushed(ours as RawObject, "west"),
      metadata: { ...pushed(ours as RawObject, "west").metadata, name: "east" },
    });
    put(scene.local, ...published("east", 1));
    await scene.until("ours is there", () => names(scene.broker, THERE).includes(EAST[1] ?? ""));
    await scene.until("told", () => scene.sync.state.problems.length === 2);
    expect(names(scene.local, HERE)).toEqual(EAST);
    expect(scene.broker.objects(ClusterKind).get(`${THERE}/east`)?.metadata["labels"]).toEqual({ [CLUSTER_ID_LABEL]: "west" });
    expect(scene.sync.state.problems.map(({ object, reason }) => `${object}: ${reason}`)).toEqual([
      expect.stringContaining("Cluster east: the broker has one of cluster west under its name"),
      expect.stringContaining("says that it is ours"),
    ]);
    expect(scene.lines.filter((line) => line.includes("not exchanged")).length).toBe(2);
  });

  test("and cannot be read keeps its last good copy, and the others go on", async () => {
    const scene = new Scene("east", server(), server());
    put(scene.broker, ...published("west", 2).map((object) => pushed(object, "west")));
    await scene.until("copies", () => names(scene.local, HERE).length === 2);
    const good = pushed(published("west", 2)[1] as RawObject, "west");
    put(scene.broker, { ...good, spec: { cluster_id: "west" } });
    await scene.until("told", () => scene.sync.state.problems.length === 1);
    expect(scene.sync.state.problems[0]?.reason).toContain("cannot be read on the broker: spec.");
    put(scene.broker, { ...good, spec: { ...(good["spec"] as object), subnets: ["0.0.0.0/0"] } });
    await scene.until("told anew", () => scene.sync.state.problems[0]?.reason.includes("this-host") === true);
    put(scene.broker, ...published("north", 3).map((object) => pushed(object, "north")));
    await scene.until("the others", () => names(scene.local, HERE).length === 4);
    expect(JSON.stringify(scene.local.objects(EndpointKind).get(`${HERE}/${WEST[1]}`)?.["spec"])).toContain("10.2.0.0/16");
    put(scene.broker, good);
    await scene.until("well again", () => scene.sync.state.problems.length === 0);
  });
});

test("A write that the server refuses is told and tried again, and the others go on", async () => {
  const scene = new Scene("east", server(), server());
  scene.broker.intercept = ({ method, collection }) =>
    method === "POST" && collection.endsWith("clusters")
      ? failure(403, "Forbidden", "cluster-east may not create clusters")
      : undefined;
  put(scene.local, ...published("east", 1));
  await scene.until("the Endpoint", () => names(scene.broker, THERE).length === 1);
  await scene.until("told", () => scene.sync.state.problems.length === 1);
  expect(scene.sync.state.problems[0]).toEqual({
    object: "Cluster east",
    reason: expect.stringContaining("may not create clusters"),
  });
  await scene.pass(120_000);
  expect(scene.lines.filter((line) => line.includes("will be tried again")).length).toBe(1);
  expect(writes(scene.broker).length).toBeLessThan(40);
  scene.broker.intercept = () => undefined;
  await scene.until("the Cluster", () => names(scene.broker, THERE).length === 2);
  await scene.until("it is known", () => scene.sync.state.problems.length === 0);
});

test("A stopped exchange writes nothing and says so", async () => {
  const scene = new Scene("east", server(), server());
  await scene.inStep();
  await scene.sync.stop();
  put(scene.local, ...published("east", 1));
  await scene.pass(5000);
  expect(writes(scene.broker)).toEqual([]);
  expect(scene.sync.state.broker).toEqual({ connected: false, reason: "the exchange with the broker is not started" });
});
