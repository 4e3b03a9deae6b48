// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import type { KubeObject } from "./kube_object.ts";
import type { WatchEvent } from "./watch_event.ts";
import { WatchPosition } from "./watch_position.ts";

const object = (resourceVersion?: string): KubeObject => ({
  metadata: { name: "a", ...(resourceVersion && { resourceVersion }) },
});
const event = (type: "ADDED" | "MODIFIED" | "DELETED", version?: string): WatchEvent<KubeObject> => ({
  type,
  object: object(version),
});
const bookmark = (resourceVersion: string): WatchEvent<KubeObject> => ({ type: "BOOKMARK", resourceVersion });
const refused = (deleted: boolean, resourceVersion?: string): WatchEvent<KubeObject> => ({
  type: "REFUSED",
  key: "a",
  reason: "it does not decode",
  deleted,
  resourceVersion,
});

test.each<[string, WatchEvent<KubeObject>, string | undefined, string]>([
  ["goes on with what is new", event("ADDED", "11"), undefined, "11"],
  ["goes on with a bookmark", bookmark("99"), undefined, "99"],
  ["goes on with what does not decode", refused(false, "11"), undefined, "11"],
  ["stays where an event has no version", event("MODIFIED"), undefined, "10"],
  ["stays where a refused one has none", refused(true), undefined, "10"],
  ["stays where the same version comes again", event("MODIFIED", "10"), undefined, "10"],
  ["stays where an older version was deleted", event("DELETED", "9"), undefined, "10"],
  ["shows a loss where a version goes back", event("MODIFIED", "9"), "9", "10"],
  ["shows a loss where a bookmark goes back", bookmark("2"), "2", "10"],
])("a position of a watch %s", (_name, next, back, version) => {
  const position = new WatchPosition();
  expect(position.listed("10")).toBe(false);
  expect(position.advance(next)).toBe(back);
  expect(position.version).toBe(version);
});

test("a position of a watch that was given up is taken from a list, which is older than what was known where the server lost some", () => {
  const position = new WatchPosition();
  position.listed("10");
  position.advance(event("ADDED", "12"));
  position.giveUp();
  expect(position.version).toBeUndefined();
  expect(position.listed("12")).toBe(false);
  position.giveUp();
  expect(position.listed("11")).toBe(true);
  expect(position.version).toBe("11");
  expect(position.listed("11")).toBe(false);
});
