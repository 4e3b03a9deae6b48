// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test } from "bun:test";
import { Log } from "@strait/obs";
import { ApiClient, Informer, type Pod, PodKind } from "./mod.ts";
import { build, endAll, passing, pod, running, started } from "./testing/informer_scene.ts";
import { FakeApiServer, FakeTimers, failure, silence, until, webPage } from "./testing/mod.ts";

afterEach(endAll);

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

test("an informer that hears of an expiry after an outage lists soon, however long the outage was", async () => {
  const built = build();
  built.pods.put(pod("a"));
  await started(built);
  let refusals = 8;
  built.server.intercept = ({ verb }) => {
    if (verb !== "watch") return undefined;
    return refusals-- > 0 ? failure(500, "InternalError", "etcd is away") : failure(410, "Expired", "too old");
  };
  built.server.watches.drop();
  await passing(built, "the outage", () => refusals === 0);
  expect(built.timers.now()).toBeGreaterThan(15_000);
  const before = built.timers.now();
  // The last wait of the outage itself is still to pass.
  await passing(built, "the list", () => built.server.asked("list").length === 2);
  expect(built.timers.now() - before).toBeLessThanOrEqual(15_000 + 250);
  await passing(built, "seven more", () => built.server.asked("list").length === 9);
  expect(built.timers.now() - before).toBeGreaterThan(30_000);
});

test("an informer of a kind whose definition was just made waits until the server has its storage", async () => {
  const built = build();
  built.pods.put(pod("a"));
  let refusals = 30;
  const reason = "storage is (re)initializing";
  built.server.intercept = ({ verb }) =>
    ["list", "watch"].includes(verb) && refusals-- > 0
      ? failure(429, "TooManyRequests", reason, { "retry-after": "0" })
      : undefined;
  built.informer.start();
  await passing(built, "following", () => built.informer.state.reason === undefined && built.server.watches.size === 1);
  expect(refusals).toBeLessThan(0);
  expect(built.batches).toEqual([["+a"]]);
  expect(built.lines.filter((line) => line.includes(reason))).toHaveLength(1);
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

test("an informer lists again where the server went back in time", async () => {
  const built = build();
  for (const name of ["a", "b", "c"]) built.pods.put(pod(name));
  await started(built);
  built.server.watches.bookmark(2);
  await passing(built, "a new list", () => built.server.asked("list").length === 2);
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
  const timers = new FakeTimers();
  const client = new ApiClient(server.connection(), { timers });
  const lines: string[] = [];
  const log = new Log({ write: (line) => lines.push(line) });
  const informer = new Informer(client.resource(PodKind), { log, timers });
  running.push(informer);
  informer.start();
  await informer.synced();
  await until("the watch is open", () => server.watches.size === 1);
  await timers.advance(2000);
  server.watches.stall();
  server.objects(PodKind).put(pod("a"));
  server.intercept = silence;
  const asked = server.requests.length;
  const unanswered = client.version().catch((error) => error);
  await until("the request", () => server.requests.length === asked + 1);
  await timers.advance(30_000);
  expect(await unanswered).toMatchObject({ reason: "Transport" });
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
