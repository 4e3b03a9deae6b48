// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { Log } from "@strait/obs";
import { LeaderElector, LeaseKind } from "./mod.ts";
import { FakeCluster, FakeTimers, type RawObject } from "./testing/mod.ts";

const KEY = "submariner-operator/submariner-gateway-lock";

/** One candidate with a clock of its own that may be wrong by `skew` milliseconds. */
function candidate(cluster: FakeCluster, timers: FakeTimers, identity: string, { skew = 0, random = () => 0 } = {}) {
  const news: string[] = [];
  const lines: string[] = [];
  const elector = new LeaderElector({
    client: cluster,
    namespace: "submariner-operator",
    name: "submariner-gateway-lock",
    identity,
    timers: { now: () => timers.now() + skew, elapsed: () => timers.elapsed(), after: (wait, run) => timers.after(wait, run) },
    random,
    log: new Log({ write: (line) => lines.push(line) }),
    onChange: (leading, holder) => news.push(`${leading ? "leads" : "follows"} ${holder ?? "nobody"}`),
  });
  return { elector, news, lines };
}

function build() {
  const cluster = new FakeCluster();
  const timers = new FakeTimers();
  return { cluster, timers, lease: () => cluster.read(LeaseKind, KEY).spec };
}

function leaseOf(holder: string, spec: object = {}): RawObject {
  return {
    metadata: { name: "submariner-gateway-lock", namespace: "submariner-operator" },
    spec: { holderIdentity: holder, leaseDurationSeconds: 15, leaseTransitions: 3, ...spec },
  };
}

test("an elector makes the lease and leads, with the members that client-go writes", async () => {
  const { cluster, timers, lease } = build();
  const { elector, news } = candidate(cluster, timers, "gw1");
  elector.start();
  await timers.advance(0);
  expect(elector.leading).toBe(true);
  expect(news).toEqual(["leads gw1"]);
  expect(lease()).toEqual({
    holderIdentity: "gw1",
    leaseDurationSeconds: 15,
    acquireTime: "1970-01-01T00:00:00.000000Z",
    renewTime: "1970-01-01T00:00:00.000000Z",
    leaseTransitions: 0,
  });
});

test("an elector renews with one request each, and changes the time of renewal alone", async () => {
  const { cluster, timers, lease } = build();
  const { elector, news } = candidate(cluster, timers, "gw1");
  elector.start();
  await timers.advance(60_000);
  expect(news).toEqual(["leads gw1"]);
  expect(lease()).toMatchObject({ acquireTime: "1970-01-01T00:00:00.000000Z", renewTime: "1970-01-01T00:01:00.000000Z" });
  expect(cluster.calls.slice(2).map(({ verb }) => verb)).toEqual(Array(30).fill("update"));
});

test("electors have one leader; the others name it, and take over when it vanishes, no sooner than its lease runs out", async () => {
  const { cluster, timers, lease } = build();
  const [a, b] = [candidate(cluster, timers, "a"), candidate(cluster, timers, "b")];
  a.elector.start();
  await timers.advance(0);
  b.elector.start();
  await timers.advance(10_000);
  expect(b.news).toEqual(["follows a"]);
  // The process of a is killed: its timers ring, but none of its calls arrives any more.
  let killed = true;
  cluster.intercept = ({ body }) => {
    if (killed && (body as { spec?: { holderIdentity?: string } })?.spec?.holderIdentity === "a") throw cluster.away();
  };
  const since = timers.now();
  while (!b.elector.leading) await timers.advance(100);
  const waited = timers.now() - since;
  expect(waited).toBeGreaterThan(13_000);
  expect(waited).toBeLessThanOrEqual(18_000);
  expect(a.elector.leading).toBe(false);
  expect(lease()).toMatchObject({ holderIdentity: "b", leaseTransitions: 1 });
  killed = false;
  await timers.advance(5000);
  expect(a.news).toEqual(["leads a", "follows nobody", "follows b"]);
});

test("an elector that cannot renew steps down before the others may take over", async () => {
  const { cluster, timers } = build();
  const { elector, news, lines } = candidate(cluster, timers, "a");
  elector.start();
  await timers.advance(4000);
  cluster.intercept = () => {
    throw cluster.away();
  };
  await timers.advance(9900);
  expect(elector.leading).toBe(true);
  await timers.advance(200);
  expect(news).toEqual(["leads a", "follows nobody"]);
  await timers.advance(60_000);
  expect(lines).toHaveLength(1);
  cluster.intercept = () => {};
  await timers.advance(5000);
  expect(news.at(-1)).toBe("leads a");
  expect(lines).toHaveLength(2);
});

test("an elector steps down in time while its requests hang", async () => {
  const { cluster, timers } = build();
  const { elector, news } = candidate(cluster, timers, "a");
  elector.start();
  await timers.advance(4000);
  cluster.intercept = () => new Promise(() => {});
  await timers.advance(9900);
  expect(elector.leading).toBe(true);
  await timers.advance(200);
  expect(news.at(-1)).toBe("follows nobody");
});

test("an elector does not lead by an answer that came too late", async () => {
  const { cluster, timers } = build();
  const { elector } = candidate(cluster, timers, "a");
  cluster.intercept = ({ verb }) => (verb === "create" ? new Promise<void>((resolve) => timers.after(4900, resolve)) : undefined);
  elector.start();
  await timers.advance(4900);
  expect(elector.leading).toBe(true);
  await timers.advance(0);
  cluster.intercept = () => new Promise(() => {});
  // The lease counts from when the request was sent, not from when it was answered.
  await timers.advance(5099);
  expect(elector.leading).toBe(true);
  await timers.advance(1);
  expect(elector.leading).toBe(false);
});

for (const skew of [3_600_000, -3_600_000]) {
  test(`electors whose clocks differ by an hour (${skew > 0 ? "ahead" : "behind"}) have one leader`, async () => {
    const { cluster, timers } = build();
    const [a, b] = [candidate(cluster, timers, "a"), candidate(cluster, timers, "b", { skew })];
    a.elector.start();
    await timers.advance(0);
    b.elector.start();
    for (let second = 0; second < 120; second++) {
      await timers.advance(1000);
      expect([a.elector.leading, b.elector.leading]).toEqual([true, false]);
    }
  });
}

test("an elector does not take a lease because somebody sets its clock", async () => {
  const { cluster, timers } = build();
  const [a, b] = [candidate(cluster, timers, "a"), candidate(cluster, timers, "b")];
  a.elector.start();
  await timers.advance(0);
  b.elector.start();
  await timers.advance(3000);
  timers.skew = 3_600_000;
  await timers.advance(3000);
  expect([a.elector.leading, b.elector.leading]).toEqual([true, false]);
});

test("an elector that is stopped gives the lease up, and another one takes it at its next look", async () => {
  const { cluster, timers, lease } = build();
  const [a, b] = [candidate(cluster, timers, "a"), candidate(cluster, timers, "b")];
  a.elector.start();
  await timers.advance(0);
  b.elector.start();
  await timers.advance(5000);
  await a.elector.stop();
  expect(lease()).toMatchObject({ holderIdentity: "", leaseDurationSeconds: 1, leaseTransitions: 0 });
  expect(a.news).toEqual(["leads a", "follows a"]);
  await timers.advance(2000);
  expect(b.elector.leading).toBe(true);
  expect(lease()).toMatchObject({ holderIdentity: "b", leaseDurationSeconds: 15, leaseTransitions: 1 });
});

test("an elector gives up a lease whose last renewal arrived although stopping called it off", async () => {
  const { cluster, timers, lease } = build();
  const { elector } = candidate(cluster, timers, "a");
  elector.start();
  await timers.advance(0);
  cluster.objects(LeaseKind).put(leaseOf("a")); // a version that the elector has not seen
  await elector.stop();
  expect(lease()).toMatchObject({ holderIdentity: "", leaseDurationSeconds: 1 });
});

test("an elector gives up a lease that it got although stopping had called that off", async () => {
  const { cluster, timers, lease } = build();
  const { elector, news } = candidate(cluster, timers, "a");
  let stopped: Promise<void> | undefined;
  cluster.intercept = ({ verb }) => {
    if (verb !== "create") return;
    cluster.objects(LeaseKind).put(leaseOf("a")); // it arrived, and the answer does not
    stopped = elector.stop();
    throw new DOMException("called off", "AbortError");
  };
  elector.start();
  await timers.advance(0);
  await stopped;
  expect(news).toEqual([]);
  expect(lease()).toMatchObject({ holderIdentity: "", leaseDurationSeconds: 1 });
});

test("an elector that stepped down because nobody answered gives its lease up when it is stopped", async () => {
  const { cluster, timers, lease } = build();
  const { elector, news } = candidate(cluster, timers, "a");
  elector.start();
  await timers.advance(0);
  cluster.intercept = () => {
    throw cluster.away();
  };
  await timers.advance(12_000);
  expect(news.at(-1)).toBe("follows nobody");
  cluster.intercept = () => {};
  await elector.stop();
  expect(lease()).toMatchObject({ holderIdentity: "" });
});

test("an elector that is stopped leaves a lease alone that somebody else has taken", async () => {
  const { cluster, timers, lease } = build();
  const { elector } = candidate(cluster, timers, "a");
  elector.start();
  await timers.advance(0);
  cluster.objects(LeaseKind).put(leaseOf("b"));
  await elector.stop();
  expect(lease()).toMatchObject({ holderIdentity: "b" });
});

test("an elector that does not lead leaves the lease alone when it is stopped", async () => {
  const { cluster, timers } = build();
  cluster.objects(LeaseKind).put(leaseOf("other"));
  const { elector } = candidate(cluster, timers, "a");
  elector.start();
  await timers.advance(5000);
  await elector.stop();
  expect(cluster.calls.every(({ verb }) => verb === "get")).toBe(true);
});

test("an elector ends in time although the server is away", async () => {
  const { cluster, timers } = build();
  const { elector, news } = candidate(cluster, timers, "a");
  elector.start();
  await timers.advance(0);
  cluster.intercept = () => {
    throw cluster.away();
  };
  await elector.stop();
  expect(news.at(-1)).toBe("follows a");
});

test("an elector goes on with its own lease after a restart, without a transition", async () => {
  const { cluster, timers, lease } = build();
  cluster.objects(LeaseKind).put(leaseOf("a"));
  const { elector } = candidate(cluster, timers, "a");
  elector.start();
  await timers.advance(0);
  expect(elector.leading).toBe(true);
  expect(lease()?.leaseTransitions).toBe(3);
});

test("an elector waits as long as the holder's own lease says", async () => {
  const { cluster, timers } = build();
  cluster.objects(LeaseKind).put(leaseOf("other", { leaseDurationSeconds: 40 }));
  const { elector } = candidate(cluster, timers, "a");
  elector.start();
  await timers.advance(39_000);
  expect(elector.leading).toBe(false);
  await timers.advance(5000);
  expect(elector.leading).toBe(true);
});

test("an elector takes a lease of nobody at once, also one without any members", async () => {
  for (const spec of [leaseOf(""), { metadata: leaseOf("").metadata, spec: {} }, { metadata: leaseOf("").metadata }]) {
    const { cluster, timers } = build();
    cluster.objects(LeaseKind).put(spec);
    const { elector } = candidate(cluster, timers, "a");
    elector.start();
    await timers.advance(0);
    expect(elector.leading).toBe(true);
  }
});

test("electors that reach for the lease together have one leader", async () => {
  const { cluster, timers } = build();
  const all = ["a", "b", "c", "d"].map((identity) => candidate(cluster, timers, identity));
  for (const { elector } of all) elector.start();
  await timers.advance(0);
  expect(all.filter(({ elector }) => elector.leading)).toHaveLength(1);
  await timers.advance(60_000);
  expect(all.filter(({ elector }) => elector.leading)).toHaveLength(1);
  expect(all.flatMap(({ lines }) => lines)).toEqual([]);
});

test("an elector whose lease was taken by force follows the new holder", async () => {
  const { cluster, timers, lease } = build();
  const { elector, news } = candidate(cluster, timers, "a");
  elector.start();
  await timers.advance(3000);
  cluster.objects(LeaseKind).put(leaseOf("thief"));
  await timers.advance(6000);
  expect(news).toEqual(["leads a", "follows thief"]);
  expect(lease()?.holderIdentity).toBe("thief");
});

test("an elector whose lease was deleted makes it again", async () => {
  const { cluster, timers, lease } = build();
  const { elector } = candidate(cluster, timers, "a");
  elector.start();
  await timers.advance(3000);
  cluster.objects(LeaseKind).delete(KEY);
  await timers.advance(6000);
  expect(elector.leading).toBe(true);
  expect(lease()?.holderIdentity).toBe("a");
});

test("an elector keeps members of the lease that others set", async () => {
  const { cluster, timers, lease } = build();
  cluster.objects(LeaseKind).put(leaseOf("", { strategy: "OldestEmulationVersion" }));
  const { elector } = candidate(cluster, timers, "a");
  elector.start();
  await timers.advance(3000);
  expect(lease()?.["strategy"]).toBe("OldestEmulationVersion");
});

test("an elector refuses times that cannot work", () => {
  const options = { client: new FakeCluster(), namespace: "a", name: "b", identity: "c", onChange: () => {} };
  expect(() => new LeaderElector({ ...options, leaseMs: 5000 })).toThrow(RangeError);
  expect(() => new LeaderElector({ ...options, renewMs: 2000 })).toThrow(RangeError);
});

test("an elector goes on where its news cannot be taken", async () => {
  const { cluster, timers } = build();
  const lines: string[] = [];
  const elector = new LeaderElector({
    client: cluster,
    namespace: "a",
    name: "b",
    identity: "c",
    timers,
    log: new Log({ write: (line) => lines.push(line) }),
    onChange: () => {
      throw new Error("broken");
    },
  });
  elector.start();
  await timers.advance(10_000);
  expect(elector.leading).toBe(true);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("broken");
});
