// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { requestInfo } from "./request_info.ts";

const core = { group: "", version: "v1" };
const apps = { group: "apps", version: "v1" };

test.each([
  ["GET /api/v1/namespaces/a/pods?watch=true", "watch", { ...core, namespace: "a", plural: "pods" }],
  ["GET /api/v1/pods", "list", { ...core, plural: "pods" }],
  ["GET /api/v1/namespaces/a", "get", { ...core, plural: "namespaces", namespace: "a", name: "a" }],
  [
    "PUT /api/v1/namespaces/a/finalize",
    "update",
    { ...core, plural: "namespaces", namespace: "a", name: "a", subresource: "finalize" },
  ],
  ["GET /api/v1/namespaces/a/pods/p/log", "get", { ...core, namespace: "a", plural: "pods", name: "p", subresource: "log" }],
  ["DELETE /apis/apps/v1/namespaces/a/deployments", "deletecollection", { ...apps, namespace: "a", plural: "deployments" }],
  ["PATCH /apis/apps/v1/namespaces/a/deployments/d/", "patch", { ...apps, namespace: "a", plural: "deployments", name: "d" }],
  ["GET /api/v1/nodes?fieldSelector=metadata.name%3Dn", "list", { ...core, plural: "nodes", selected: "n" }],
  ["GET /api/v1/namespaces/a/configmaps/x%2Fy", "get", { ...core, namespace: "a", plural: "configmaps", name: "x/y" }],
  ["GET /apis/apps/v1", "get", undefined],
  ["GET /api/v1//pods", "get", undefined],
  ["GET /api/v1/pods/%zz", "get", undefined],
  ["GET /version", "get", undefined],
] as const)("%s asks to %s", (request, verb, resource) => {
  const [method = "", target = ""] = request.split(" ");
  const url = new URL(target, "https://x");
  const info = requestInfo(method, url.pathname, url.searchParams);
  expect([info.verb, info.resource]).toEqual([verb, resource as never]);
});
