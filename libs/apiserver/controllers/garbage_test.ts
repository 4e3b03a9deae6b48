// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Log } from "@strait/obs";
import { builtInTypes } from "../kinds/built_in.ts";
import { TypeRegistry } from "../kinds/type_registry.ts";
import { discard, ensure } from "../resources/internal.ts";
import type { Api } from "../resources/scope.ts";
import { ObjectStore } from "../store/object_store.ts";
import { garbageController } from "./garbage.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("what a crash left undone is done at the next start: children of the gone, and owners whose children are gone", async () => {
  const dir = mkdtempSync(join(tmpdir(), "strait-garbage-"));
  const store = new ObjectStore(join(dir, "objects.sqlite"), { durability: "process" });
  const types = new TypeRegistry(builtInTypes("cluster"));
  const api: Api = { store, types, log: new Log({ level: "error" }), now: Date.now, admission: [], allows: () => true };
  const maps = { resource: "configmaps", namespace: "default" };
  const uidOf = (name: string): string => JSON.parse(store.get({ ...maps, name })?.body ?? "{}").metadata.uid;
  const make = (name: string, owner?: string) => {
    const ownerReferences = owner
      ? [{ apiVersion: "v1", kind: "ConfigMap", name: owner, uid: uidOf(owner), blockOwnerDeletion: true }]
      : [];
    ensure(api, "configmaps", "default", name, { metadata: { ownerReferences } });
  };
  ensure(api, "namespaces", "", "default");
  for (const name of ["gone", "waiting", "stays"]) make(name);
  for (const owner of ["gone", "stays"]) make(`child-of-${owner}`, owner);
  discard(api, { ...maps, name: "gone" }, { propagation: "Background" });
  discard(api, { ...maps, name: "waiting" }, { propagation: "Foreground" }); // no collector runs yet
  expect(store.list(maps).map(({ name }) => name)).toEqual(["child-of-gone", "child-of-stays", "stays", "waiting"]);

  const worker = garbageController(api);
  while (store.get({ ...maps, name: "waiting" }) || store.get({ ...maps, name: "child-of-gone" })) await turn();
  expect(store.list(maps).map(({ name }) => name)).toEqual(["child-of-stays", "stays"]);
  worker.stop();
  store.close();
  rmSync(dir, { recursive: true, force: true });
});
