// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { Log } from "@strait/obs";
import { EventKind, EventRecorder, type KubeObject } from "./mod.ts";
import { FakeCluster, FakeTimers, settle } from "./testing/mod.ts";

const ENDPOINT: KubeObject = {
  apiVersion: "submariner.io/v1",
  kind: "Endpoint",
  metadata: { name: "west-gw1", namespace: "submariner-operator", uid: "u1", resourceVersion: "7" },
};
const OVERLAP = { type: "Warning", reason: "SubnetOverlap", message: "10.1.0.0/16 of west overlaps ours." } as const;

function build() {
  const cluster = new FakeCluster();
  const timers = new FakeTimers();
  const lines: string[] = [];
  const recorder = new EventRecorder({
    client: cluster,
    component: "strait-gateway",
    host: "gw1",
    timers,
    log: new Log({ write: (line) => lines.push(line) }),
  });
  return { cluster, timers, lines, recorder, events: () => cluster.objects(EventKind).list() };
}

test("an event recorder writes who, what and where as kubectl shows it", async () => {
  const { recorder, events } = build();
  recorder.record(ENDPOINT, OVERLAP);
  await recorder.flush();
  expect(events()).toHaveLength(1);
  expect(events()[0]).toMatchObject({
    metadata: { namespace: "submariner-operator", name: expect.stringMatching(/^west-gw1\.[0-9a-f]+$/) },
    involvedObject: { apiVersion: "submariner.io/v1", kind: "Endpoint", name: "west-gw1", uid: "u1", resourceVersion: "7" },
    ...OVERLAP,
    count: 1,
    source: { component: "strait-gateway", host: "gw1" },
    firstTimestamp: "1970-01-01T00:00:00Z",
  });
});

test("an event recorder counts what happens again, and writes the count now and then", async () => {
  const { cluster, recorder, timers, events } = build();
  for (let second = 0; second < 60; second++) {
    recorder.record(ENDPOINT, OVERLAP);
    await timers.advance(1000);
  }
  await recorder.flush();
  expect(events()).toHaveLength(1);
  expect(events()[0]).toMatchObject({ count: 60, firstTimestamp: "1970-01-01T00:00:00Z" });
  expect(cluster.calls.length).toBeLessThanOrEqual(8);
});

test("an event recorder tells different happenings and objects apart", async () => {
  const { recorder, events } = build();
  recorder.record(ENDPOINT, OVERLAP);
  recorder.record(ENDPOINT, { ...OVERLAP, message: "fd01::/48 of west overlaps ours." });
  recorder.record({ ...ENDPOINT, metadata: { ...ENDPOINT.metadata, name: "west-gw2", uid: "u2" } }, OVERLAP);
  await recorder.flush();
  expect(events()).toHaveLength(3);
});

test("an event recorder puts events of cluster-wide objects into the default namespace", async () => {
  const { recorder, events } = build();
  recorder.record({ kind: "Node", metadata: { name: "gw1" } }, OVERLAP);
  await recorder.flush();
  expect(events()[0]?.metadata.namespace).toBe("default");
});

test("an event recorder cuts a storm of different events to a trickle and says so once", async () => {
  const { recorder, timers, lines, events } = build();
  for (let n = 0; n < 1000; n++) recorder.record(ENDPOINT, { ...OVERLAP, message: `subnet ${n}` });
  await recorder.flush();
  expect(events()).toHaveLength(25);
  expect(lines).toHaveLength(1);
  await timers.advance(10_000);
  for (let n = 0; n < 10; n++) recorder.record(ENDPOINT, { ...OVERLAP, message: `later ${n}` });
  await recorder.flush();
  expect(events()).toHaveLength(27);
});

test("an event recorder goes on telling after somebody set the clock back", async () => {
  const { recorder, timers, events } = build();
  for (let n = 0; n < 30; n++) recorder.record(ENDPOINT, { ...OVERLAP, message: `subnet ${n}` });
  timers.skew = -3_600_000;
  await timers.advance(10_000);
  recorder.record(ENDPOINT, { ...OVERLAP, message: "later" });
  await recorder.flush();
  expect(events()).toHaveLength(26);
});

test("an event recorder drops what cannot be written, says so once and goes on", async () => {
  const { cluster, recorder, lines, events } = build();
  cluster.intercept = () => {
    throw cluster.away();
  };
  recorder.record(ENDPOINT, OVERLAP);
  recorder.record(ENDPOINT, { ...OVERLAP, reason: "Other" });
  await recorder.flush();
  expect(lines).toHaveLength(1);
  cluster.intercept = () => {};
  recorder.record(ENDPOINT, { ...OVERLAP, reason: "Third" });
  await recorder.flush();
  expect(events()).toHaveLength(1);
  expect(lines).toHaveLength(2);
});

test("an event recorder remembers only so much, however long it runs", async () => {
  const { recorder, timers } = build();
  for (let n = 0; n < 400; n++) {
    recorder.record(ENDPOINT, { ...OVERLAP, message: `subnet ${n}` });
    await timers.advance(5000);
  }
  await settle();
  recorder.record(ENDPOINT, { ...OVERLAP, message: "subnet 0" });
  await recorder.flush();
  expect(recorder.remembered).toBeLessThanOrEqual(256);
});
