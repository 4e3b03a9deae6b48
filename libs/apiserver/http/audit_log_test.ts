// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { auditLog } from "./audit_log.ts";
import { requestInfo } from "./request_info.ts";

const file = (): string => join(mkdtempSync(join(tmpdir(), "st-audit-")), "audit.log");
const uri = "/api/v1/namespaces/a/pods/p?x=1";
const info = requestInfo("GET", "/api/v1/namespaces/a/pods/p", new URLSearchParams());

test("auditLog writes a line for each request of a pod's account, in the words of Kubernetes", () => {
  const path = file();
  const audit = auditLog(path);
  audit({ user: "system:serviceaccount:ns:agent", info, uri, status: 403 });
  audit({
    user: "system:serviceaccount:ns:agent",
    info: requestInfo("GET", "/version", new URLSearchParams()),
    uri: "/version",
    status: 200,
  });
  const [first, second, ...rest] = readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(first).toMatchObject({
    verb: "get",
    requestURI: uri,
    user: { username: "system:serviceaccount:ns:agent" },
    objectRef: { resource: "pods", namespace: "a", name: "p" },
    responseStatus: { code: 403 },
  });
  expect(second.objectRef).toBeUndefined();
  expect(rest).toEqual([]);
});

test("auditLog says nothing of people and components", () => {
  const path = file();
  auditLog(path)({ user: "system:node:w1", info, uri, status: 200 });
  expect(existsSync(path)).toBe(false);
});
