// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { brokerManifests, memberObjects } from "./broker/mod.ts";
import { crds } from "./kinds/mod.ts";
import { manifestPath } from "./manifest_path.ts";

test.each([
  ["v1", "Secret", { name: "a", namespace: "b" }, "/api/v1/namespaces/b/secrets/a"],
  ["v1", "Secret", { name: "a" }, "/api/v1/namespaces/default/secrets/a"],
  ["v1", "Namespace", { name: "b" }, "/api/v1/namespaces/b"],
  ["apps/v1", "DaemonSet", { name: "a", namespace: "b" }, "/apis/apps/v1/namespaces/b/daemonsets/a"],
])("the path of %s %s %j is %s", (apiVersion, kind, metadata, path) => {
  expect(manifestPath({ apiVersion, kind, metadata })).toBe(path);
});

test("the path of a kind that is not known, and of a name that leads elsewhere, is refused", () => {
  expect(() => manifestPath({ apiVersion: "v1", kind: "Widget", metadata: { name: "a" } })).toThrow("no known path");
  const away = { apiVersion: "v1", kind: "Secret", metadata: { name: "../../secrets", namespace: "b" } };
  expect(() => manifestPath(away)).toThrow("is no name of an object");
});

test("everything that makes a broker has a path", () => {
  for (const object of [...crds(), ...brokerManifests(), ...memberObjects("east")])
    expect(manifestPath(object as never)).toEndWith(`/${object.metadata.name}`);
});
