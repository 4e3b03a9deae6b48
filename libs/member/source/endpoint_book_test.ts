// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { type Change, type Endpoint, endpointObject, readEndpoint } from "@strait/k8s";
import { clusterId } from "@strait/model";
import { type ListedGateway, newerFirst } from "@strait/plan";
import { endpoint, HERE } from "../testing/sync_scene.ts";
import { EndpointBook } from "./endpoint_book.ts";

/** The Endpoint of cluster n made on that day, changed in `spec`. */
function object(id: string, n: number, day: number, gateway = 1, spec: Partial<Endpoint["spec"]> = {}): Endpoint {
  const made = endpointObject(endpoint(id, n, gateway), HERE) as Endpoint;
  const creationTimestamp = `2026-11-0${day}T00:00:00Z`;
  const uid = `${made.metadata.name} of ${day}`;
  return { ...made, metadata: { ...made.metadata, uid, creationTimestamp }, spec: { ...made.spec, ...spec } };
}

function build() {
  const there = new Map<string, Endpoint>();
  const told: string[] = [];
  const listed: (readonly ListedGateway[])[] = [];
  const membership = {
    putEndpoint: (key: string) => void told.push(`put ${key}`),
    deleteEndpoint: (key: string) => void told.push(`delete ${key}`),
    putListed: (list: readonly ListedGateway[]) => void listed.push(list),
  };
  const book = new EndpointBook({ clusterId: clusterId("east"), membership, list: () => [...there.values()] });
  const take = (type: Change<Endpoint>["type"], ...objects: Endpoint[]) => {
    for (const one of objects) {
      if (type === "put") there.set(one.metadata.name, one);
      else there.delete(one.metadata.name);
    }
    book.take(objects.map((one) => ({ type, object: one })));
  };
  const newest = () => book.newest.map(({ hostname, clusterId: id }) => `${id} ${hostname}`);
  return { book, told, listed, take, newest };
}

test("a book of Endpoints has the newest of each other cluster, by cluster, and the same list while none changes", () => {
  const { book, take, newest } = build();
  take("put", object("west", 2, 1), object("south", 3, 1), object("west", 2, 2, 2));
  expect([newest(), book.size]).toEqual([["south gw1", "west gw2"], 3]);
  const before = book.newest;
  take("put", object("east", 1, 1));
  expect(book.newest).toBe(before);
  take("delete", object("west", 2, 2, 2));
  expect(newest()).toEqual(["south gw1", "west gw1"]);
});

test("a book of Endpoints of two that were made in the same second has the one that the membership takes", () => {
  const [first, second] = [object("west", 2, 1), object("west", 2, 1, 2)];
  const read = [first, second].flatMap((one) => {
    const result = readEndpoint(one);
    return result.ok ? [result.value] : [];
  });
  const taken = read.sort(newerFirst)[0]?.hostname;
  for (const order of [
    [first, second],
    [second, first],
  ]) {
    const { take, newest } = build();
    take("put", ...order);
    expect(newest()).toEqual([`west ${taken}`]);
  }
});

test("a book of Endpoints refuses what cannot be read, keeps its last good state, and forgets both when it goes", () => {
  const { book, told, take, newest } = build();
  take("put", object("west", 2, 1));
  const bad = object("west", 2, 1, 1, { subnets: ["10.2.0.0/99"] });
  take("put", bad);
  expect(book.refused).toEqual([
    { object: `Endpoint ${bad.metadata.name}`, reason: expect.stringContaining('"99" of 10.2.0.0') },
  ]);
  expect(newest()).toEqual(["west gw1"]);
  take("delete", bad);
  expect([book.refused, newest()]).toEqual([[], []]);
  expect(told.map((line) => line.split(" ")[0])).toEqual(["put", "delete"]);
});

test("a book of Endpoints tells who forwards for the own cluster as the newer of two says, and keeps that where none can be read", () => {
  const { book, listed, told, take } = build();
  take("put", object("east", 1, 1), object("east", 1, 2, 2));
  expect([book.own?.hostname, listed.at(-1)]).toEqual(["gw2", [{ name: "gw2" as never }]]);
  const bad = { subnets: ["nonsense"] };
  take("put", object("east", 1, 1, 1, bad), object("east", 1, 2, 2, bad));
  expect([book.own?.hostname, listed.length, book.refused]).toEqual(["gw2", 1, []]);
  take("delete", object("east", 1, 1), object("east", 1, 2, 2));
  expect([book.own, listed.at(-1), told]).toEqual([undefined, [], []]);
});
