// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import {
  BROKER_LOST_ANNOTATION,
  CLUSTER_ID_LABEL,
  CREATED_AT_ANNOTATION,
  ok,
  refuse,
  SOURCE_UID_ANNOTATION,
} from "@strait/model";
import { Random } from "@strait/model/testing";
import { decideSync, type SyncObject, type SyncPair, type SyncRules, type SyncStep } from "./sync.ts";

interface Thing extends SyncObject {
  readonly spec?: { readonly of: string; readonly value: number };
}

const rules: SyncRules = {
  what: "Thing",
  members: ["spec"],
  owner: (object) => (object as Thing).spec?.of,
  check: (object) => ((object as Thing).spec?.value === 666 ? refuse("its value is evil") : ok(undefined)),
  maxBytes: 2000,
  renew: true,
};
const sides = { clusterId: "east", namespace: "here", brokerNamespace: "there" };
const decide = (pair: SyncPair): SyncStep => decideSync(pair, rules, sides);

function thing(of: string, value: number, metadata: Partial<SyncObject["metadata"]> = {}): Thing {
  return { apiVersion: "v1", kind: "Thing", metadata: { name: "x", ...metadata }, spec: { of, value } };
}

const own = (value = 1, metadata: Partial<SyncObject["metadata"]> = {}): Thing =>
  thing("east", value, { namespace: "here", uid: "u1", resourceVersion: "5", ...metadata });
const marked = (of: string, value: number, mark: string, metadata: Partial<SyncObject["metadata"]> = {}): Thing =>
  thing(of, value, { labels: { [CLUSTER_ID_LABEL]: mark }, ...metadata });
const pushed = (value = 1, metadata: Partial<SyncObject["metadata"]> = {}): Thing =>
  marked("east", value, "east", { namespace: "there", annotations: { [SOURCE_UID_ANNOTATION]: "u1" }, ...metadata });
const created = "2026-11-21T10:00:00Z";
const foreign = (value = 1, metadata: Partial<SyncObject["metadata"]> = {}): Thing =>
  marked("west", value, "west", { namespace: "there", creationTimestamp: created, ...metadata });
const copied = (value = 1, metadata: Partial<SyncObject["metadata"]> = {}): Thing =>
  marked("west", value, "west", { namespace: "here", annotations: { [CREATED_AT_ANNOTATION]: created }, ...metadata });

const dying = { deletionTimestamp: created };

describe("An own object", () => {
  test("is created on the broker with our mark, and without what belongs to one server", () => {
    const last = { "kubectl.kubernetes.io/last-applied-configuration": "{}", note: "n" };
    expect(decide({ local: own(1, { annotations: last, creationTimestamp: created }) })).toEqual({
      do: "put",
      side: "broker",
      object: {
        apiVersion: "v1",
        kind: "Thing",
        metadata: {
          name: "x",
          namespace: "there",
          labels: { [CLUSTER_ID_LABEL]: "east" },
          annotations: { note: "n", [SOURCE_UID_ANNOTATION]: "u1" },
        },
        spec: { of: "east", value: 1 },
      } as SyncObject,
    });
  });

  test("that changed replaces what is on the broker, only over the version that was seen", () => {
    const step = decide({ local: own(2), broker: pushed(1, { resourceVersion: "9", uid: "b1" }) });
    expect(step).toMatchObject({
      do: "put",
      side: "broker",
      object: { metadata: { resourceVersion: "9", uid: "b1" }, spec: { value: 2 } },
    });
  });

  test("that was made anew is made anew on the broker", () => {
    expect(decide({ local: own(1, { uid: "u2" }), broker: pushed() })).toMatchObject({
      do: "renew",
      side: "broker",
      over: { metadata: { name: "x" } },
      object: { metadata: { annotations: { [SOURCE_UID_ANNOTATION]: "u2" } } },
    });
  });

  test("takes over what Submariner pushed: it is marked and written, not made anew", () => {
    expect(decide({ local: own(), broker: pushed(1, { annotations: {} }) }).do).toBe("put");
    expect(decide({ local: own(), broker: thing("east", 1, { namespace: "there" }) }).do).toBe("put");
  });

  test("that is gone is removed from the broker", () => {
    expect(decide({ broker: pushed() })).toMatchObject({ do: "delete", side: "broker", owner: "east" });
    expect(decide({ local: own(1, dying), broker: pushed() })).toMatchObject({ do: "delete", side: "broker" });
  });

  test("waits for the end of one on the broker that is being removed", () => {
    expect(decide({ local: own(), broker: pushed(1, dying) })).toEqual({ do: "nothing" });
  });
});

describe("Another cluster's object", () => {
  test("is copied with its mark and the time the broker's was made", () => {
    expect(decide({ broker: foreign() })).toEqual({
      do: "put",
      side: "local",
      object: { ...copied(), apiVersion: "v1", kind: "Thing" },
    });
  });

  test("that changed replaces the copy", () => {
    const step = decide({ local: copied(1, { resourceVersion: "3" }), broker: foreign(2) });
    expect(step).toMatchObject({ do: "put", side: "local", object: { metadata: { resourceVersion: "3" }, spec: { value: 2 } } });
  });

  test("that is gone takes its copy with it", () => {
    expect(decide({ local: copied() })).toMatchObject({ do: "delete", side: "local", owner: "west" });
    expect(decide({ local: copied(), broker: foreign(1, dying) })).toMatchObject({ do: "delete", side: "local" });
  });

  test("that the broker lost stays, marked, until its cluster wrote there again", () => {
    const mark = { [BROKER_LOST_ANNOTATION]: "true" };
    const annotations = { [CREATED_AT_ANNOTATION]: created, ...mark };
    const kept = copied(1, { annotations, resourceVersion: "3" });
    expect(decide({ local: copied(1, { resourceVersion: "3" }), lost: true })).toEqual({
      do: "put",
      side: "local",
      object: kept,
      over: copied(1, { resourceVersion: "3" }),
    });
    const step = decide({ local: kept });
    expect(step).toEqual({ do: "nothing", kept: true, reason: expect.stringContaining("until cluster west writes there again") });
    expect(decide({ local: kept, spoken: true })).toMatchObject({ do: "delete", side: "local", owner: "west" });
    expect(decide({ local: kept, broker: foreign(1, dying) })).toMatchObject({ do: "delete", side: "local" });
    const back = decide({ local: kept, broker: foreign() });
    expect(back).toMatchObject({
      do: "put",
      side: "local",
      object: { metadata: { annotations: { [CREATED_AT_ANNOTATION]: created } } },
    });
    expect(back.do === "put" && back.object.metadata.annotations).not.toHaveProperty(BROKER_LOST_ANNOTATION);
  });

  test("cannot say of itself that the broker lost it", () => {
    const lie = { annotations: { [BROKER_LOST_ANNOTATION]: "true" } };
    expect(decide({ local: copied(), broker: foreign(1, lie) })).toEqual({ do: "nothing" });
  });

  test("cannot claim an age: the broker's counts", () => {
    const lie = { annotations: { [CREATED_AT_ANNOTATION]: "1970-01-01T00:00:00Z" } };
    expect(decide({ local: copied(), broker: foreign(1, lie) })).toEqual({ do: "nothing" });
  });
});

describe("Nothing is written", () => {
  const big = { labels: { [CLUSTER_ID_LABEL]: "west", big: "x".repeat(3000) } };
  test.each<[string, SyncPair, string | undefined]>([
    ["where both sides say the same", { local: own(), broker: pushed() }, undefined],
    ["where a copy says the same", { local: copied(), broker: foreign() }, undefined],
    ["where there is nothing", {}, undefined],
    [
      "over another cluster's object of our object's name",
      { local: own(), broker: foreign() },
      "one of cluster west under its name",
    ],
    [
      "over an object of ours for another's of the same name",
      { local: own(), broker: marked("west", 2, "west") },
      "cluster west",
    ],
    ["for what another says is ours", { broker: marked("east", 1, "west") }, "says that it is ours"],
    ["for what another says is a third's", { broker: marked("north", 1, "west") }, "says that it is of north"],
    ["for what nobody marked", { broker: thing("west", 1) }, "no cluster's mark"],
    [
      "over one cluster's copy for another's object",
      { local: copied(), broker: marked("north", 1, "north") },
      "one of cluster west",
    ],
    ["for what is refused; the copy stays", { local: copied(), broker: foreign(666) }, "its value is evil"],
    ["for what is too large", { broker: foreign(1, big) }, "at most 2000 are exchanged"],
    ["for what is too large of ours", { local: own(1, { labels: big.labels && { big: "x".repeat(3000) } }) }, "at most 2000"],
    ["about a local object that is nobody's copy", { local: thing("west", 1) }, "did not come through the broker"],
    [
      "about a copy whose object cannot be read",
      { local: copied(), brokerRefused: "no spec" },
      "the broker's cannot be read: no spec",
    ],
    ["about what we pushed where ours cannot be read", { broker: pushed(), localRefused: "no spec" }, "cannot be read here"],
    ["over what cannot be read here", { broker: foreign(), localRefused: "no spec" }, "cannot be read here"],
    ["over what cannot be read on the broker", { local: own(), brokerRefused: "no spec" }, "unreadable under its name"],
    ["over a copy that is being removed", { local: copied(1, dying), broker: foreign() }, undefined],
    ["about what is being removed already", { broker: pushed(1, dying) }, undefined],
  ])("%s", (_, pair, reason) => {
    const step = decide(pair);
    expect(step.do).toBe("nothing");
    const said = step.do === "nothing" ? step.reason : undefined;
    if (reason === undefined) expect(said).toBe(undefined);
    else expect(said).toContain(reason);
  });
});

describe("Two API servers, in any state,", () => {
  const random = (seed: number): SyncPair => {
    const dice = new Random(seed);
    const meta = () => ({ uid: dice.pick(["u1", "u2"]), ...(dice.below(6) === 0 && dying) });
    const either = () =>
      dice.pick<() => SyncObject | undefined>([
        () => undefined,
        () => own(dice.below(2), meta()),
        () => pushed(dice.below(2), meta()),
        () => foreign(dice.below(2), meta()),
        () => copied(dice.below(2), meta()),
        () => marked(dice.pick(["east", "west", "north"]), 1, dice.pick(["east", "west", "north"]), meta()),
        () => thing(dice.pick(["east", "west"]), dice.pick([1, 666]), meta()),
      ])();
    return { local: either(), broker: either() };
  };
  const apply = (pair: SyncPair, step: SyncStep): SyncPair => {
    if (step.do === "nothing") return pair;
    const object = step.do === "delete" ? undefined : { ...step.object, metadata: { ...step.object.metadata, uid: "new" } };
    const side = step.side === "local" && object ? { ...object, metadata: { ...object.metadata, uid: "copy" } } : object;
    return { ...pair, [step.side]: side };
  };

  test("are in step after two steps, and then nothing is written", () => {
    for (let seed = 0; seed < 4000; seed++) {
      let pair = random(seed);
      for (let i = 0; i < 2; i++) pair = apply(pair, decide(pair));
      expect([seed, decide(pair).do]).toEqual([seed, "nothing"]);
    }
  });

  test("lose only what carries the mark of a copy here, or ours on the broker", () => {
    let deletes = 0;
    for (let seed = 0; seed < 4000; seed++) {
      const step = decide(random(seed));
      if (step.do === "nothing" || step.do === "put") continue;
      deletes++;
      const mark = step.over.metadata.labels?.[CLUSTER_ID_LABEL];
      if (step.side === "broker") expect(mark).toBe("east");
      else expect(["west", "north"]).toContain(mark ?? "none");
    }
    expect(deletes).toBeGreaterThan(200);
  });

  test("never get a write over what is not of the same cluster", () => {
    for (let seed = 0; seed < 4000; seed++) {
      const step = decide(random(seed));
      if (step.do !== "put" || !step.over) continue;
      expect((step.over as Thing).metadata.labels?.[CLUSTER_ID_LABEL] ?? (step.over as Thing).spec?.of).toBe(
        (step.object as Thing).metadata.labels?.[CLUSTER_ID_LABEL] as string,
      );
    }
  });
});
