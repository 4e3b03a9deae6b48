// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "bun:test";
import { startTestServer, TestClient, type TestServer } from "../testing/mod.ts";

const GROUP = "rbac.authorization.k8s.io";
const RBAC = `/apis/${GROUP}/v1`;
const ROLES = `${RBAC}/namespaces/default/roles`;
const BINDINGS = `${RBAC}/namespaces/default/rolebindings`;

let under: TestServer;
let jane: TestClient;

const rule = (resources: string[], verbs: string[], apiGroups = [""]) => ({ apiGroups, resources, verbs });
const role = (name: string, ...rules: object[]) => ({ kind: "Role", apiVersion: `${GROUP}/v1`, metadata: { name }, rules });
const binding = (name: string, roleName: string, user: string, kind = "Role") => ({
  kind: "RoleBinding",
  apiVersion: `${GROUP}/v1`,
  metadata: { name },
  roleRef: { apiGroup: GROUP, kind, name: roleName },
  subjects: [{ kind: "User", apiGroup: GROUP, name: user }],
});

beforeAll(async () => {
  under = await startTestServer();
  const { admin, server } = under;
  const { cert, key } = await server.issueClient("jane", []);
  jane = new TestClient({ url: admin.config.url, tls: { ca: admin.config.tls.ca, cert, key } });
  const writes = rule(["roles", "rolebindings"], ["create", "update", "patch", "get"], [GROUP]);
  await admin.make(ROLES, role("jane", writes, rule(["configmaps"], ["get", "list"])) as never);
  await admin.make(BINDINGS, binding("jane", "jane", "jane") as never);
  await admin.make(ROLES, role("strong", rule(["secrets"], ["get"])) as never);
});
afterAll(() => under[Symbol.asyncDispose]());

test.each([
  ["what she holds", ROLES, role("held", rule(["configmaps"], ["get"])), 201],
  ["a resource she does not hold", ROLES, role("secrets", rule(["secrets"], ["get"])), 403],
  ["a verb she does not hold", ROLES, role("verbs", rule(["configmaps"], ["*"])), 403],
  ["everything", ROLES, role("all", rule(["*"], ["*"], ["*"])), 403],
  ["a binding of her own role", BINDINGS, binding("own", "jane", "joe"), 201],
  ["a binding of a stronger role", BINDINGS, binding("strong", "strong", "jane"), 403],
  ["a binding of cluster-admin", BINDINGS, binding("top", "cluster-admin", "jane", "ClusterRole"), 403],
  ["a binding of a role that is not there", BINDINGS, binding("none", "nobody", "jane"), 404],
])("jane writes %s", async (_name, path, body, expected) => {
  const { status, body: answer } = await jane.call("POST", path, { body });
  expect([status, status === 403 ? answer.reason : "Forbidden"]).toEqual([expected, "Forbidden"]);
});

test("a role cannot grow beyond its writer by an update, a patch or an apply", async () => {
  await under.admin.make(ROLES, role("grows", rule(["configmaps"], ["get"])) as never);
  const grown = role("grows", rule(["secrets"], ["get"]));
  const patch = (type: string) => ({ body: grown, headers: { "content-type": `application/${type}` } });
  const answers = [
    await jane.call("PUT", `${ROLES}/grows`, { body: grown }),
    await jane.call("PATCH", `${ROLES}/grows`, patch("merge-patch+json")),
    await jane.call("PATCH", `${ROLES}/grows?fieldManager=j&force=true`, patch("apply-patch+yaml")),
  ];
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
  expect(answers[0]?.body.message).toContain("attempting to grant RBAC permissions not currently held");
});

test("the verbs escalate and bind let her, for the roles they name", async () => {
  const may = { apiGroups: [GROUP], resources: ["roles"], verbs: ["escalate", "bind"], resourceNames: ["strong", "made"] };
  await under.admin.make(ROLES, role("may", may) as never);
  await under.admin.make(BINDINGS, binding("may", "may", "jane") as never);
  expect((await jane.call("POST", ROLES, { body: role("made", rule(["secrets"], ["list"])) })).status).toBe(201);
  expect((await jane.call("POST", ROLES, { body: role("other", rule(["secrets"], ["list"])) })).status).toBe(403);
  expect((await jane.call("POST", BINDINGS, { body: binding("bound", "strong", "jane") })).status).toBe(201);
});

test("impersonation needs the verb, for the user and for each group", async () => {
  const asRoot = { headers: { "impersonate-user": "root", "impersonate-group": "system:masters" } };
  expect((await jane.call("GET", "/api/v1/nodes", asRoot)).status).toBe(403);
  expect((await under.admin.call("GET", "/api/v1/nodes", { headers: { "impersonate-user": "joe" } })).status).toBe(403);
  expect((await under.admin.call("GET", "/api/v1/nodes", asRoot)).status).toBe(200);
});
