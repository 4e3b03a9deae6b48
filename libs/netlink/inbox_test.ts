// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { Inbox } from "./inbox.ts";

const event = (reason: string) => ({ kind: "resync", reason }) as const;

test("Inbox gives events in order and waits for the next", async () => {
  const inbox = new Inbox(10);
  inbox.put(event("a"));
  inbox.put(event("b"));
  expect([await inbox.next(), await inbox.next()]).toEqual([event("a"), event("b")]);
  const later = inbox.next();
  inbox.put(event("c"));
  expect(await later).toEqual(event("c"));
});

test("Inbox turns more events than it has room for into one resync", async () => {
  const inbox = new Inbox(2);
  for (const name of ["a", "b", "c", "d"]) inbox.put(event(name));
  expect([await inbox.next(), await inbox.next()]).toEqual([event("more than 2 events were not taken in time"), event("d")]);
});

test("Inbox that ended gives nothing more, or throws its error", async () => {
  const quiet = new Inbox(2);
  const waiting = quiet.next();
  quiet.put(event("a"));
  expect(await waiting).toEqual(event("a"));
  quiet.put(event("b"));
  quiet.end();
  quiet.put(event("c"));
  expect(await quiet.next()).toBeUndefined();
  const failed = new Inbox(2);
  const thrown = failed.next();
  failed.end(new RangeError("broken"));
  expect(thrown).rejects.toThrow("broken");
});
