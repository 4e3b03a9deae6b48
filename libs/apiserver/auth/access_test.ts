// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { covers, readRule, ruleAllows, selectorMatches } from "./access.ts";

const pods = readRule({ apiGroups: [""], resources: ["pods"], verbs: ["get"] });
const one = readRule({ apiGroups: [""], resources: ["pods"], verbs: ["get"], resourceNames: ["one"] });
const logs = readRule({ apiGroups: ["*"], resources: ["*/log"], verbs: ["get"] });
const all = readRule({ apiGroups: ["*"], resources: ["*"], verbs: ["*"] });
const urls = readRule({ nonResourceURLs: ["/healthz/*", "/version"], verbs: ["get"] });
const get = (plural: string, more: object = {}) => ({ verb: "get", resource: { group: "", plural, ...more } });

test.each([
  ["the resource", pods, get("pods"), true],
  ["another verb", pods, { ...get("pods"), verb: "list" }, false],
  ["another group", pods, get("pods", { group: "apps" }), false],
  ["a subresource", pods, get("pods", { subresource: "log" }), false],
  ["a subresource of any", logs, get("pods", { subresource: "log" }), true],
  ["the named one", one, get("pods", { name: "one" }), true],
  ["another name", one, get("pods", { name: "two" }), false],
  ["no name", one, get("pods"), false],
  ["everything", all, get("secrets", { subresource: "x" }), true],
  ["a path below", urls, { verb: "get", path: "/healthz/etcd" }, true],
  ["another path", urls, { verb: "get", path: "/metrics" }, false],
  ["a resource by a rule of paths", urls, get("pods"), false],
])("a rule and %s", (_name, rule, access, allowed) => {
  expect(ruleAllows(rule, access)).toBe(allowed);
});

test.each([
  ["itself", [pods], pods, true],
  ["a part", [all], one, true],
  ["more than it names", [one], pods, false],
  [
    "two rules together",
    [pods, readRule({ apiGroups: [""], resources: ["pods"], verbs: ["list"] })],
    readRule({ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }),
    true,
  ],
  ["all verbs", [pods], readRule({ apiGroups: [""], resources: ["pods"], verbs: ["*"] }), false],
  ["all resources", [pods], readRule({ apiGroups: [""], resources: ["*"], verbs: ["get"] }), false],
  ["a path", [urls], readRule({ nonResourceURLs: ["/healthz/a"], verbs: ["get"] }), true],
  ["every path", [urls], readRule({ nonResourceURLs: ["*"], verbs: ["get"] }), false],
])("what is held covers %s", (_name, held, rule, covered) => {
  expect(covers(held, rule)).toBe(covered);
});

test.each([
  [{}, {}, true],
  [{ matchLabels: { a: "b" } }, { a: "b", c: "d" }, true],
  [{ matchLabels: { a: "b" } }, { a: "c" }, false],
  [{ matchExpressions: [{ key: "a", operator: "In", values: ["x", "y"] }] }, { a: "y" }, true],
  [{ matchExpressions: [{ key: "a", operator: "NotIn", values: ["x"] }] }, {}, true],
  [{ matchExpressions: [{ key: "a", operator: "Exists" }] }, {}, false],
  [{ matchExpressions: [{ key: "a", operator: "DoesNotExist" }] }, {}, true],
  [{ matchExpressions: [{ key: "a", operator: "Unheard" }] }, { a: "b" }, false],
])("the selector %p on %p is %p", (selector, labels, matches) => {
  expect(selectorMatches(selector, labels as Record<string, string>)).toBe(matches);
});
