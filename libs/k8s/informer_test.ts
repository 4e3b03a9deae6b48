// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test } from "bun:test";
import { Log } from "@strait/obs";
import { ApiClient, type Change, Informer, type InformerOptions, type Pod, PodKind } from "./mod.ts";
import { FakeApiServer, FakeTimers, failure, type RawObject, settle, until, webPage } from "./testing/mod.ts";

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
});

const pod = (name: string, node = "n1", more: object = {}): RawObject => ({
  metadata: { name, namespace: "default" },
  spec: { nodeName: node },
  ...more,
});

function build(options: InformerOptions & { readonly server?: FakeApiServer } = {}) {
  const server = options.server ?? new FakeApiServer();
  if (!options.server) running.push(server);
  const lines: string[] = [];
  const log = new Log({ write: (line) => lines.push(line) });
  const timers = new FakeTimers();
  const client = new ApiClient(server.connection());
  const informer = new Informer(client.resource(PodKind), { log, timers, random: () => 0.5, ...options });
  running.push(informer);
  const batches: string[][] = [];
  informer.onChange((changes) => batches.push(changes.map(text)));
  return { server, informer, timers, lines, batches, pods: server.objects(PodKind) };
}

function text(change: Change<Pod>): string {
  const { name } = change.object.metadata;
  if (change.type === "delete") return `-${name}`;
  return change.old ? `${name}: ${change.old.spec?.nodeName} → ${change.object.spec?.nodeName}` : `+${name}`;
}

type Built = ReturnType<typeof build>;

async function started(built: Built): Promise<Built> {
  built.informer.start();
  await built.informer.synced();
  await until("the watch is open", () => built.server.watches.size === 1);
  return built;
}

/** Lets the informer's waits pass, until something holds. */
async function passing(built: Built, what: string, holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited++) {
    if (waited > 3000) throw new Error(`in vain: ${what}`);
    const [next] = built.timers.waiting;
    if (next !== undefined && next <= 15_000) await built.timers.advance(next);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

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

test("an informer whose version is gone lists again and tells the differences only", async () => {
  const built = build();
  for (const name of ["same", "changed", "gone"]) built.pods.put(pod(name));
  await started(built);
  const kept = built.informer.store.get("default/same");
  built.server.watches.stall();
  built.pods.put(pod("changed", "n2"));
  built.pods.delete("default/gone");
  built.pods.put(pod("new"));
  built.server.compact();
  built.server.watches.drop();
  await passing(built, "the new list", () => built.server.asked("list").length === 2 && built.batches.length === 2);
  expect(built.batches[1]?.toSorted()).toEqual(["+new", "-gone", "changed: n1 → n2"]);
  expect(built.informer.store.get("default/same")).toBe(kept as Pod);
});

test("an informer takes an expiry inside of the watch like one before it", async () => {
  const built = build();
  built.pods.put(pod("a"));
  await started(built);
  built.server.watches.expire();
  await passing(built, "the new list", () => built.server.asked("list").length === 2);
  await passing(built, "following", () => built.informer.state.reason === undefined);
  expect(built.batches).toHaveLength(1);
});

test("an informer in a storm of expiries lists ever more seldom and logs one line", async () => {
  const built = build();
  built.pods.put(pod("a"));
  built.server.intercept = ({ verb }) => (verb === "watch" ? failure(410, "Expired", "too old") : undefined);
  built.informer.start();
  await passing(built, "ten lists", () => built.server.asked("list").length === 10);
  expect(built.timers.now()).toBeGreaterThan(30_000);
  expect(built.lines).toHaveLength(1);
  expect(built.batches).toHaveLength(1);
  expect(built.informer.state).toEqual({ synced: true, reason: expect.stringContaining("too old") });
});

test("an informer keeps what it knows while the server is away, says why once, and goes on", async () => {
  const built = build();
  built.pods.put(pod("a"));
  await started(built);
  const { port } = built.server;
  await built.server.stop();
  await passing(built, "a reason", () => built.informer.state.reason?.includes("refused") === true);
  await passing(built, "a minute", () => built.timers.now() > 60_000);
  expect(built.informer.store.size).toBe(1);
  expect(built.informer.state.synced).toBe(true);
  const outage = built.lines.length;
  expect(outage).toBeLessThanOrEqual(2);
  const server = new FakeApiServer({ port });
  running.push(server);
  // Another server altogether: its versions mean nothing here.
  server.objects(PodKind).put(pod("b"));
  server.intercept = ({ verb }) =>
    verb === "watch" && server.requests.length === 1 ? failure(410, "Expired", "too old") : undefined;
  await passing(built, "following again", () => built.informer.state.reason === undefined);
  expect(built.batches.slice(1)).toEqual([["+b", "-a"]]);
  expect(built.lines.slice(outage).some((line) => line.includes("following again"))).toBe(true);
});

test("an informer that starts while the server is away is synced when it comes", async () => {
  const built = build();
  let away = true;
  built.server.intercept = () => (away ? webPage(503) : undefined);
  built.pods.put(pod("a"));
  built.informer.start();
  await passing(built, "some tries", () => built.server.requests.length === 5);
  expect(built.informer.state).toEqual({ synced: false, reason: expect.stringContaining("web page") });
  away = false;
  const synced = built.informer.synced();
  await passing(built, "synced", () => built.informer.state.synced);
  await synced;
  expect(built.lines.length).toBeLessThanOrEqual(2);
});

test("an informer cuts a watch that fell silent and resumes it", async () => {
  const built = build();
  built.pods.put(pod("a"));
  await started(built);
  built.server.watches.stall();
  built.pods.put(pod("b"));
  await built.timers.advance(89_000);
  expect(built.batches).toHaveLength(1);
  await built.timers.advance(1000);
  await passing(built, "b", () => built.batches.length === 2);
  expect(built.server.asked("list")).toHaveLength(1);
  expect(built.server.watches.size).toBe(1);
});

test("an informer leaves a watch alone that says something now and then", async () => {
  const built = await started(build());
  for (let minute = 0; minute < 10; minute++) {
    await built.timers.advance(60_000);
    built.pods.put(pod("a", `n${minute}`));
    await until("news", () => built.batches.length === minute + 1);
  }
  expect(built.server.asked("watch")).toHaveLength(1);
});

test("an informer with a short patience asks for watches that end before", async () => {
  const built = await started(build({ silentAfterMs: 4000 }));
  expect(built.server.asked("watch")[0]?.query.get("timeoutSeconds")).toBe("3");
  const usual = await started(build());
  expect(usual.server.asked("watch")[0]?.query.get("timeoutSeconds")).toBe("450");
});

test("an informer waits longer and longer where every watch ends at once", async () => {
  const built = build();
  built.informer.start();
  built.server.intercept = ({ verb }) =>
    verb === "watch" ? new Response("", { headers: { "content-type": "application/json" } }) : undefined;
  await passing(built, "eight watches", () => built.server.asked("watch").length === 8);
  expect(built.timers.now()).toBeGreaterThan(10_000);
  expect(built.informer.state.reason).toContain("ends every watch");
  expect(built.lines).toHaveLength(1);
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

test("an informer lists again where the server went back in time", async () => {
  const built = build();
  for (const name of ["a", "b", "c"]) built.pods.put(pod(name));
  await started(built);
  built.server.watches.bookmark(2);
  await passing(built, "a new list", () => built.server.asked("list").length === 2);
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
  const synced = late.informer.synced();
  await late.informer.stop();
  expect(synced).rejects.toThrow("was stopped");
});

test("an informer's synced ends with its signal", async () => {
  const { informer } = build();
  expect(informer.synced(AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
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
});

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

test("an informer whose watch is refused says so and tries again although it could list", async () => {
  const built = build();
  built.pods.put(pod("a"));
  let denied = true;
  built.server.intercept = ({ verb }) =>
    verb === "watch" && denied ? failure(403, "Forbidden", "cannot watch pods") : undefined;
  built.informer.start();
  await passing(built, "a reason", () => built.informer.state.reason?.includes("cannot watch pods") === true);
  expect(built.informer.state.synced).toBe(true);
  denied = false;
  await passing(built, "following", () => built.informer.state.reason === undefined);
  expect(built.server.asked("list")).toHaveLength(1);
});

test("an informer resumes a silent watch on a fresh connection", async () => {
  const built = build();
  built.pods.put(pod("a"));
  await started(built);
  const before = new Set(built.server.requests.map(({ port }) => port));
  built.server.watches.stall();
  await built.timers.advance(90_000);
  await passing(built, "another watch", () => built.server.asked("watch").length === 2);
  expect(before.has(built.server.asked("watch")[1]?.port ?? 0)).toBe(false);
});

test("informers of a client whose connections fell silent are on fresh ones as soon as any request works again", async () => {
  const server = new FakeApiServer();
  running.push(server);
  const client = new ApiClient(server.connection(), { requestTimeoutMs: 50 });
  const lines: string[] = [];
  const log = new Log({ write: (line) => lines.push(line) });
  const timers = new FakeTimers();
  const informer = new Informer(client.resource(PodKind), { log, timers });
  running.push(informer);
  informer.start();
  await informer.synced();
  await until("the watch is open", () => server.watches.size === 1);
  await timers.advance(2000);
  server.watches.stall();
  server.objects(PodKind).put(pod("a"));
  server.intercept = () => new Promise(() => {});
  await client.version().catch(() => {});
  expect(server.asked("watch")).toHaveLength(1);
  server.intercept = () => undefined;
  await client.version();
  await until("a", () => informer.store.size === 1);
  expect(server.asked("watch")).toHaveLength(2);
  expect(server.asked("list").filter(({ collection }) => collection === "/api/v1/pods")).toHaveLength(1);
  expect(lines).toEqual([]);
  await client.version();
  expect(server.asked("watch")).toHaveLength(2);
});
