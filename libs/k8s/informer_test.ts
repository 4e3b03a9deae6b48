// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test } from "bun:test";
import { build, endAll, passing, pod, started, text } from "./testing/informer_scene.ts";
import { failure, settle, until } from "./testing/mod.ts";

afterEach(endAll);

test("an informer gives what is there in one batch and then what happens", async () => {
  const built = build();
  built.pods.put(pod("a"));
  built.pods.put(pod("b"));
  expect(built.informer.state).toEqual({ synced: false, reason: "nothing was read yet" });
  await started(built);
  expect(built.informer.state).toEqual({ synced: true });
  expect(built.batches).toEqual([["+a", "+b"]]);
  built.pods.put(pod("a", "n2"));
  built.pods.delete("default/b");
  built.pods.put(pod("c"));
  await until("three more changes", () => built.batches.flat().length === 5);
  expect(built.batches.flat().slice(2)).toEqual(["a: n1 → n2", "-b", "+c"]);
  expect(built.informer.store.list().map(({ metadata }) => metadata.name)).toEqual(["a", "c"]);
  expect(built.lines).toEqual([]);
});

test("an informer tells nothing of an empty list but is synced", async () => {
  const built = await started(build());
  expect(built.batches).toEqual([]);
  expect(built.informer.state.synced).toBe(true);
});

test("an informer resumes a watch that ended, where it was, without a list", async () => {
  const built = build();
  built.pods.put(pod("a"));
  await started(built);
  await built.timers.advance(5000);
  built.pods.put(pod("b"));
  await until("b", () => built.batches.length === 2);
  built.server.watches.end();
  built.pods.put(pod("c"));
  await until("c", () => built.batches.length === 3);
  expect(built.server.asked("list")).toHaveLength(1);
  expect(built.server.asked("watch").map(({ query }) => query.get("resourceVersion"))).toEqual(["1", "2"]);
  expect(built.lines).toEqual([]);
});

test("an informer resumes from the last bookmark, so that a quiet watch does not expire", async () => {
  const built = build();
  built.pods.put(pod("a"));
  await started(built);
  built.server.compact();
  built.server.watches.bookmark();
  await settle();
  await built.timers.advance(5000);
  built.server.watches.end();
  await until("another watch", () => built.server.asked("watch").length === 2);
  expect(built.server.asked("watch")[1]?.query.get("resourceVersion")).toBe("2");
  expect(built.server.asked("list")).toHaveLength(1);
});

test("an informer skips an object that does not decode, says so once, and keeps its last good state", async () => {
  const built = build();
  built.pods.put(pod("a"));
  built.pods.put(pod("b"));
  await started(built);
  for (let times = 0; times < 3; times++) built.pods.put(pod("a", "n2", { spec: { nodeName: 7 } }));
  built.pods.put(pod("b", "n2"));
  await until("b", () => built.batches.length === 2);
  expect(built.batches[1]).toEqual(["b: n1 → n2"]);
  expect(built.informer.store.get("default/a")?.spec?.nodeName).toBe("n1");
  expect([...built.informer.refused.keys()]).toEqual(["default/a"]);
  expect(built.lines).toHaveLength(1);
  expect(built.lines[0]).toContain("its last good state");
  built.pods.put(pod("a", "n3"));
  await until("a", () => built.batches.length === 3);
  expect(built.informer.refused.size).toBe(0);
  expect(built.lines).toHaveLength(2);
});

test("an informer keeps the last good state of a malformed object through a list, and drops it when it is deleted", async () => {
  const built = build();
  built.pods.put(pod("a"));
  await started(built);
  built.server.watches.stall();
  built.pods.put(pod("a", "n2", { spec: { nodeName: 7 } }));
  built.server.compact();
  built.server.watches.drop();
  await passing(built, "refused", () => built.informer.refused.size === 1);
  expect(built.informer.store.size).toBe(1);
  await until("a watch", () => built.server.watches.size === 1);
  built.pods.delete("default/a");
  await until("gone", () => built.informer.store.size === 0);
  expect(built.informer.refused.size).toBe(0);
  expect(built.batches).toEqual([["+a"], ["-a"]]);
});

test("an informer survives an event that is no JSON, cut off, unknown or nameless", async () => {
  for (const say of ["<html>\n", '{"type":"ADDED","object":{"metadata"', '{"type":"WHAT"}\n']) {
    const built = build();
    built.pods.put(pod("a"));
    await started(built);
    built.server.watches.say(say);
    if (!say.endsWith("\n")) built.server.watches.end();
    await passing(
      built,
      "a new watch",
      () => built.server.asked("watch").length === 2 && built.informer.state.reason === undefined,
    );
    built.pods.put(pod("b"));
    await until("b", () => built.batches.length === 2);
  }
  const built = await started(build());
  built.server.watches.say('{"type":"ADDED","object":{"metadata":{"name":7}}}\n');
  await until("refused", () => built.informer.refused.size === 1);
});

test("an informer goes on when a listener fails", async () => {
  const built = build();
  built.informer.onChange(() => {
    throw new Error("broken");
  });
  const seen: string[] = [];
  built.informer.onChange((changes) => seen.push(...changes.map(text)));
  built.pods.put(pod("a"));
  await started(built);
  expect(seen).toEqual(["+a"]);
  expect(built.lines[0]).toContain("broken");
});

test("an informer looks again at once when it is nudged, even while it waits for a retry", async () => {
  const built = build();
  let away = true;
  built.server.intercept = () => (away ? failure(500, "InternalError", "no") : undefined);
  built.informer.start();
  await until(
    "one try",
    () => built.server.requests.length === 1 && built.informer.state.reason?.includes("InternalError") === true,
  );
  away = false;
  built.informer.nudge();
  await built.informer.synced();
  expect(built.timers.now()).toBe(0);
  await until("a watch", () => built.server.watches.size === 1);
  await built.timers.advance(2000);
  built.informer.nudge();
  await until("another watch", () => built.server.asked("watch").length === 2);
});

test("an informer stopped ends its watch and tells nobody any more", async () => {
  const built = await started(build());
  await built.informer.stop();
  await until("no watch", () => built.server.watches.size === 0);
  built.pods.put(pod("a"));
  expect(built.batches).toEqual([]);
  const late = build();
  const [synced] = await Promise.allSettled([late.informer.synced(), late.informer.stop()]);
  expect(synced).toMatchObject({ status: "rejected", reason: { message: expect.stringContaining("was stopped") } });
});

test("an informer's synced ends with its signal", async () => {
  const { informer } = build();
  await expect(informer.synced(AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
});

test("an informer lists 10000 objects again cheaply: none is decoded twice", async () => {
  const built = build();
  built.pods.fill(Array.from({ length: 10_000 }, (_, index) => pod(`p${index}`)));
  await started(built);
  expect(built.informer.store.size).toBe(10_000);
  const before = built.informer.store.list();
  built.server.watches.expire();
  await passing(built, "a new list", () => built.server.asked("list").length === 40);
  await passing(built, "following", () => built.informer.state.reason === undefined);
  expect(built.batches).toHaveLength(1);
  expect(built.informer.store.list()).toBe(before);
}, 30_000);

test("an informer has told what a batch changed although its last event ends the watch", async () => {
  const built = build();
  built.pods.put(pod("a"));
  await started(built);
  const event = { type: "ADDED", object: { metadata: { name: "b", namespace: "default", resourceVersion: "9", uid: "u" } } };
  const back = { type: "BOOKMARK", object: { metadata: { resourceVersion: "1" } } };
  built.server.watches.say(`${JSON.stringify(event)}\n${JSON.stringify(back)}\n`);
  await passing(built, "what the new list brings", () => built.batches.length === 3);
  expect(built.batches).toEqual([["+a"], ["+b"], ["-b"]]);
});

test("an informer can be stopped by somebody who hears of its state", async () => {
  const built = build();
  built.server.intercept = () => failure(403, "Forbidden", "no");
  const stopped = Promise.withResolvers<void>();
  built.informer.onState(() => built.informer.stop().then(stopped.resolve));
  built.informer.start();
  await stopped.promise;
});
