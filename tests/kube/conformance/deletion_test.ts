// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, test } from "bun:test";
import { type Api, admin, type Json } from "../support/api.ts";
import { configMap, configMaps, newNamespace } from "../support/objects.ts";
import { waitFor } from "../support/wait_for.ts";
import { Watch } from "../support/watch.ts";

let api: Api;
let namespace: string;
let path: string;

beforeAll(async () => {
  api = await admin();
  namespace = await newNamespace(api);
  path = configMaps(namespace);
});

const gone = async (at: string) => (await api.get(at)).status === 404;
const owner = ({ metadata, kind }: Json, more: Json = {}) => ({
  apiVersion: "v1",
  kind,
  name: metadata.name,
  uid: metadata.uid,
  ...more,
});
const owned = (name: string, ...ownerReferences: Json[]) => configMap(name, { metadata: { ownerReferences } });

describe("a deletion", () => {
  test("answers what was deleted, as Status, and the object is gone", async () => {
    const made = await api.make(path, configMap("a"));
    const { status, body } = await api.delete(`${path}/a`);
    expect([status, body.kind, body.status]).toEqual([200, "Status", "Success"]);
    expect(body.details).toEqual({ name: "a", kind: "configmaps", uid: made.metadata.uid });
    expect(await gone(`${path}/a`)).toBe(true);
  });

  test("keeps to the uid and the resourceVersion it is told", async () => {
    const made = await api.make(path, configMap("pre"));
    for (const preconditions of [{ uid: "00000000-0000-4000-8000-000000000000" }, { resourceVersion: "1" }]) {
      const { status, body } = await api.delete(`${path}/pre`, { preconditions });
      expect([status, body.reason]).toEqual([409, "Conflict"]);
    }
    const { uid, resourceVersion } = made.metadata;
    expect((await api.delete(`${path}/pre`, { preconditions: { uid, resourceVersion } })).status).toBe(200);
  });

  test("of an object with finalizers waits for the last of them", async () => {
    const finalizers = ["example.com/one", "example.com/two"];
    const made = await api.make(path, configMap("held", { metadata: { finalizers } }));
    using watch = await Watch.open(api, path, {
      resourceVersion: made.metadata.resourceVersion,
      fieldSelector: "metadata.name=held",
    });
    const { status, body } = await api.delete(`${path}/held`);
    expect([status, body.kind]).toEqual([200, "ConfigMap"]);
    expect(body.metadata.deletionTimestamp).toMatch(/^\d{4}-/);
    expect(body.metadata.deletionGracePeriodSeconds).toBe(0);
    const again = await api.delete(`${path}/held`);
    expect(again.body.metadata.deletionTimestamp).toBe(body.metadata.deletionTimestamp);
    await api.patch("merge-patch", `${path}/held`, { metadata: { finalizers: ["example.com/two"] } });
    expect((await api.get(`${path}/held`)).body.metadata.finalizers).toEqual(["example.com/two"]);
    await api.patch("merge-patch", `${path}/held`, { metadata: { finalizers: null } });
    expect(await gone(`${path}/held`)).toBe(true);
    expect(await watch.names(3)).toEqual(["MODIFIED held", "MODIFIED held", "DELETED held"]);
  });

  test("cannot be held up by a finalizer that comes later", async () => {
    await api.make(path, configMap("late", { metadata: { finalizers: ["example.com/one"] } }));
    await api.delete(`${path}/late`);
    const add = { metadata: { finalizers: ["example.com/one", "example.com/late"] } };
    const { status, body } = await api.patch("merge-patch", `${path}/late`, add);
    expect([status, body.reason]).toEqual([422, "Invalid"]);
    await api.patch("merge-patch", `${path}/late`, { metadata: { finalizers: null } });
  });

  test("of a name frees it for another object with another uid", async () => {
    const first = await api.make(path, configMap("same"));
    await api.delete(`${path}/same`);
    const second = await api.make(path, configMap("same"));
    expect(second.metadata.uid).not.toBe(first.metadata.uid);
  });
});

describe("owners", () => {
  test("take what they own with them, children's children too", async () => {
    const parent = await api.make(path, configMap("parent"));
    const child = await api.make(path, owned("child", owner(parent)));
    await api.make(path, owned("grandchild", owner(child)));
    await api.delete(`${path}/parent`, { propagationPolicy: "Background" });
    for (const name of ["child", "grandchild"]) await waitFor(`${name} to be collected`, () => gone(`${path}/${name}`));
  });

  test("leave what another still owns, and the reference to the gone one goes", async () => {
    const [one, two] = [await api.make(path, configMap("one")), await api.make(path, configMap("two"))];
    await api.make(path, owned("shared", owner(one), owner(two)));
    await api.delete(`${path}/one`);
    await waitFor("the reference to go", async () => {
      const { body } = await api.get(`${path}/shared`);
      return body.metadata?.ownerReferences?.length === 1 && body.metadata.ownerReferences[0].name === "two";
    });
  });

  test("that never were are no owners: the object is collected", async () => {
    const stranger = { apiVersion: "v1", kind: "ConfigMap", name: "nobody", uid: "00000000-0000-4000-8000-000000000000" };
    await api.make(path, owned("stray", stranger));
    await waitFor("the stray to be collected", () => gone(`${path}/stray`));
  });

  test("are left by their children where the deletion says Orphan", async () => {
    const parent = await api.make(path, configMap("orphaner"));
    await api.make(path, owned("orphan", owner(parent)));
    await api.delete(`${path}/orphaner`, { propagationPolicy: "Orphan" });
    await waitFor("the owner to go", () => gone(`${path}/orphaner`));
    expect((await api.get(`${path}/orphan`)).body.metadata.ownerReferences).toBeUndefined();
  });

  test("wait for blocking children where the deletion says Foreground", async () => {
    const parent = await api.make(path, configMap("waiter"));
    const blocking = owned("blocker", owner(parent, { blockOwnerDeletion: true }));
    await api.make(path, { ...blocking, metadata: { ...blocking.metadata, finalizers: ["example.com/hold"] } });
    const { body } = await api.delete(`${path}/waiter`, { propagationPolicy: "Foreground" });
    expect(body.metadata.finalizers).toEqual(["foregroundDeletion"]);
    await waitFor(
      "the child to be told",
      async () => (await api.get(`${path}/blocker`)).body.metadata.deletionTimestamp !== undefined,
    );
    expect((await api.get(`${path}/waiter`)).status).toBe(200);
    await api.patch("merge-patch", `${path}/blocker`, { metadata: { finalizers: null } });
    await waitFor("the owner to go", () => gone(`${path}/waiter`));
  });
});

describe("a namespace", () => {
  test("has a default ServiceAccount and the cluster's certificate", async () => {
    expect((await api.get(`/api/v1/namespaces/${namespace}/serviceaccounts/default`)).status).toBe(200);
    const certificate = await waitFor("the certificate", async () => {
      const { status, body } = await api.get(`${path}/kube-root-ca.crt`);
      return status === 200 && body.data["ca.crt"];
    });
    expect(certificate.trim()).toBe(api.tls.ca?.trim());
  });

  test("is labelled with its name and active", async () => {
    const { body } = await api.get(`/api/v1/namespaces/${namespace}`);
    expect(body.metadata.labels).toEqual({ "kubernetes.io/metadata.name": namespace });
    expect([body.spec.finalizers, body.status.phase]).toEqual([["kubernetes"], "Active"]);
  });

  test("that is deleted takes all its objects, and nothing can be made in it meanwhile", async () => {
    const doomed = await newNamespace(api);
    await api.make(configMaps(doomed), configMap("a"));
    await api.make(configMaps(doomed), configMap("held", { metadata: { finalizers: ["example.com/hold"] } }));
    const { status, body } = await api.delete(`/api/v1/namespaces/${doomed}`);
    expect([status, body.status.phase]).toEqual([200, "Terminating"]);
    const late = await api.post(configMaps(doomed), configMap("late"));
    expect([late.status, late.body.reason]).toEqual([403, "Forbidden"]);
    expect(late.body.message).toContain(`unable to create new content in namespace ${doomed} because it is being terminated`);
    await waitFor("the free object to go", () => gone(`${configMaps(doomed)}/a`));
    expect((await api.get(`/api/v1/namespaces/${doomed}`)).body.status.phase).toBe("Terminating");
    await api.patch("merge-patch", `${configMaps(doomed)}/held`, { metadata: { finalizers: null } });
    await waitFor("the namespace to go", () => gone(`/api/v1/namespaces/${doomed}`));
  });

  test("default and kube-system are there from the start, and default stays", async () => {
    const { body } = await api.get("/api/v1/namespaces");
    expect(body.items.map((item: Json) => item.metadata.name)).toEqual(
      expect.arrayContaining(["default", "kube-system", "kube-public"]),
    );
    expect((await api.delete("/api/v1/namespaces/default")).status).toBe(403);
  });
});
