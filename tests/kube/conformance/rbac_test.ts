// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, test } from "bun:test";
import { type Api, admin, type Json } from "../support/api.ts";
import { withCertificate } from "../support/keys.ts";
import { configMap, configMaps, newNamespace, unique } from "../support/objects.ts";
import { waitFor } from "../support/wait_for.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const GROUP = "rbac.authorization.k8s.io";

let api: Api;
let namespace: string;
let other: string;

beforeAll(async () => {
  api = await admin();
  [namespace, other] = [await newNamespace(api), await newNamespace(api)];
});

/** Whether a user may, as the server says for it. */
async function may(user: Api, verb: string, resource: string, more: Json = {}): Promise<boolean> {
  const [name, subresource] = resource.split("/");
  const resourceAttributes = { verb, resource: name, namespace, ...(subresource && { subresource }), ...more };
  const { body } = await user.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", { spec: { resourceAttributes } });
  return body.status.allowed;
}

/** A user with these rules in the namespace of the tests. */
async function userWith(rules: Json[]): Promise<Api> {
  const name = unique("user");
  await api.make(`${RBAC}/namespaces/${namespace}/roles`, { metadata: { name }, rules });
  await bind(name, { kind: "Role", name });
  return withCertificate(api, { user: name });
}

async function bind(user: string, role: { kind: string; name: string }): Promise<void> {
  const roleRef = { apiGroup: GROUP, ...role };
  const subjects = [{ apiGroup: GROUP, kind: "User", name: user }];
  await api.make(`${RBAC}/namespaces/${namespace}/rolebindings`, { metadata: { name: unique("binding") }, roleRef, subjects });
  const member = await withCertificate(api, { user });
  // The server's own view of roles and bindings follows a moment later.
  await waitFor("the binding to count", async () => {
    const { body } = await member.post("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", { spec: { namespace } });
    return body.status.resourceRules.length > 2;
  });
}

describe("a Role", () => {
  test("allows its verbs on its resources in its namespace, and nothing else", async () => {
    const user = await userWith([{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "create"] }]);
    expect((await user.post(configMaps(namespace), configMap("mine"))).status).toBe(201);
    expect((await user.get(configMaps(namespace))).status).toBe(200);
    for (const answer of [
      await user.delete(`${configMaps(namespace)}/mine`),
      await user.get(`/api/v1/namespaces/${namespace}/secrets`),
      await user.get(configMaps(other)),
      await user.get("/api/v1/configmaps"),
      await user.get(configMaps(namespace), { watch: 1, timeoutSeconds: 1 }),
    ]) {
      expect([answer.status, answer.body.reason]).toEqual([403, "Forbidden"]);
    }
  });

  test("of resourceNames allows those, and no list", async () => {
    const user = await userWith([
      { apiGroups: [""], resources: ["configmaps"], resourceNames: ["one"], verbs: ["get", "update", "patch", "delete", "list"] },
    ]);
    for (const name of ["one", "two"]) await api.make(configMaps(namespace), configMap(name));
    expect((await user.get(`${configMaps(namespace)}/one`)).status).toBe(200);
    expect((await user.patch("merge-patch", `${configMaps(namespace)}/one`, { data: { a: "2" } })).status).toBe(200);
    expect((await user.get(`${configMaps(namespace)}/two`)).status).toBe(403);
    expect((await user.get(configMaps(namespace))).status).toBe(403);
    expect((await user.get(configMaps(namespace), { fieldSelector: "metadata.name=one" })).status).toBe(200);
  });

  test("names subresources by themselves", async () => {
    const user = await userWith([{ apiGroups: [""], resources: ["services/status"], verbs: ["patch", "get"] }]);
    const services = `/api/v1/namespaces/${namespace}/services`;
    await api.make(services, { metadata: { name: "s" }, spec: { ports: [{ port: 80 }] } });
    expect((await user.patch("merge-patch", `${services}/s/status`, { status: {} })).status).toBe(200);
    expect((await user.patch("merge-patch", `${services}/s`, { metadata: { labels: { a: "b" } } })).status).toBe(403);
    expect([await may(user, "patch", "services/status"), await may(user, "patch", "services")]).toEqual([true, false]);
  });

  test("with stars allows all of its namespace", async () => {
    const user = await userWith([{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]);
    expect((await user.post(configMaps(namespace), configMap("star"))).status).toBe(201);
    expect((await user.get(`/apis/apps/v1/namespaces/${namespace}/deployments`)).status).toBe(200);
    expect((await user.get(configMaps(other))).status).toBe(403);
  });

  test("that needs patch to apply, and create where the object is not there", async () => {
    const user = await userWith([{ apiGroups: [""], resources: ["configmaps"], verbs: ["patch"] }]);
    const apply = (name: string) =>
      user.patch(
        "apply-patch",
        `${configMaps(namespace)}/${name}`,
        { apiVersion: "v1", kind: "ConfigMap", metadata: { name } },
        { fieldManager: "u" },
      );
    await api.make(configMaps(namespace), configMap("there"));
    expect((await apply("there")).status).toBe(200);
    expect((await apply("not-there")).status).toBe(403);
  });
});

describe("a binding", () => {
  test("of a ClusterRole in a namespace counts there only, and for the whole cluster where it is a ClusterRoleBinding", async () => {
    const name = unique("reader");
    await api.make(`${RBAC}/clusterroles`, {
      metadata: { name },
      rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["list"] }],
    });
    const user = unique("user");
    await bind(user, { kind: "ClusterRole", name });
    const member = await withCertificate(api, { user });
    expect([(await member.get(configMaps(namespace))).status, (await member.get(configMaps(other))).status]).toEqual([200, 403]);
    const subjects = [{ apiGroup: GROUP, kind: "User", name: user }];
    await api.make(`${RBAC}/clusterrolebindings`, {
      metadata: { name },
      roleRef: { apiGroup: GROUP, kind: "ClusterRole", name },
      subjects,
    });
    await waitFor("the binding to count", async () => (await member.get("/api/v1/configmaps")).status === 200);
    await api.delete(`${RBAC}/clusterrolebindings/${name}`);
    await waitFor("its end to count", async () => (await member.get("/api/v1/configmaps")).status === 403);
  });

  test("may be for a group and for a ServiceAccount", async () => {
    const name = unique("members");
    await api.make(`${RBAC}/namespaces/${namespace}/roles`, {
      metadata: { name },
      rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["list"] }],
    });
    const subjects = [
      { apiGroup: GROUP, kind: "Group", name },
      { kind: "ServiceAccount", name: "default", namespace: other },
    ];
    await api.make(`${RBAC}/namespaces/${namespace}/rolebindings`, {
      metadata: { name },
      roleRef: { apiGroup: GROUP, kind: "Role", name },
      subjects,
    });
    const { body } = await api.post(`/api/v1/namespaces/${other}/serviceaccounts/default/token`, { spec: {} });
    for (const user of [await withCertificate(api, { user: "x", groups: [name] }), api.withToken(body.status.token)]) {
      await waitFor("the binding to count", async () => (await user.get(configMaps(namespace))).status === 200);
    }
    expect((await (await withCertificate(api, { user: name })).get(configMaps(namespace))).status).toBe(403);
  });

  test("cannot be pointed at another role", async () => {
    const name = unique("fixed");
    const at = `${RBAC}/namespaces/${namespace}/rolebindings`;
    await api.make(at, { metadata: { name }, roleRef: { apiGroup: GROUP, kind: "ClusterRole", name: "view" }, subjects: [] });
    const { status, body } = await api.patch("merge-patch", `${at}/${name}`, { roleRef: { name: "admin" } });
    expect([status, body.reason]).toEqual([422, "Invalid"]);
  });

  test("gives nobody more than the one who makes it has", async () => {
    const rules = [
      { apiGroups: [GROUP], resources: ["roles"], verbs: ["create", "update"] },
      { apiGroups: [""], resources: ["configmaps"], verbs: ["get"] },
    ];
    const user = await userWith(rules);
    const roles = `${RBAC}/namespaces/${namespace}/roles`;
    const own = await user.post(roles, {
      metadata: { name: unique("own") },
      rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get"] }],
    });
    expect(own.status).toBe(201);
    const more = await user.post(roles, {
      metadata: { name: unique("more") },
      rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }],
    });
    expect([more.status, more.body.reason, more.body.message]).toEqual([
      403,
      "Forbidden",
      expect.stringContaining("attempting to grant RBAC permissions not currently held"),
    ]);
  });
});

describe("the roles that are there from the start", () => {
  test("are cluster-admin, admin, edit and view", async () => {
    for (const name of ["cluster-admin", "admin", "edit", "view"])
      expect((await api.get(`${RBAC}/clusterroles/${name}`)).status).toBe(200);
  });

  test("let a bound administrator do everything, and a viewer read what is no secret", async () => {
    const [adminName, viewer] = [unique("admin"), unique("viewer")];
    await bind(adminName, { kind: "ClusterRole", name: "cluster-admin" });
    await bind(viewer, { kind: "ClusterRole", name: "view" });
    const [boss, reader] = [await withCertificate(api, { user: adminName }), await withCertificate(api, { user: viewer })];
    expect([await may(boss, "delete", "secrets"), await may(boss, "delete", "secrets", { namespace: other })]).toEqual([
      true,
      false,
    ]);
    expect([
      await may(reader, "get", "configmaps"),
      await may(reader, "get", "secrets"),
      await may(reader, "create", "configmaps"),
    ]).toEqual([true, false, false]);
  });
});

describe("access reviews", () => {
  test("answer for another where one may ask that", async () => {
    const spec = { user: "jane", groups: ["system:masters"], resourceAttributes: { verb: "get", resource: "secrets" } };
    const reviews = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
    expect((await api.post(reviews, { spec })).body.status.allowed).toBe(true);
    expect((await api.post(reviews, { spec: { ...spec, groups: [] } })).body.status.allowed).toBe(false);
    const jane = await withCertificate(api, { user: "jane" });
    expect((await jane.post(reviews, { spec })).status).toBe(403);
  });

  test("answer for paths that are no resource", async () => {
    const jane = await withCertificate(api, { user: "jane" });
    const ask = async (path: string) => {
      const spec = { nonResourceAttributes: { verb: "get", path } };
      return (await jane.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", { spec })).body.status.allowed;
    };
    expect([await ask("/version"), await ask("/apis/apps"), await ask("/metrics")]).toEqual([true, true, false]);
  });
});
