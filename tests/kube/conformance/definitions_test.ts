// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, test } from "bun:test";
import { type Api, admin, type Json } from "../support/api.ts";
import { crdOf, installCrd } from "../support/crds.ts";
import { GROUP, newGadgets, schema } from "../support/gadgets.ts";
import { waitFor } from "../support/wait_for.ts";
import { Watch } from "../support/watch.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

let api: Api;
let path: string;

beforeAll(async () => {
  api = await admin();
  path = await newGadgets(api);
});

describe("a definition", () => {
  test("says that its names are accepted and that it is established", async () => {
    const { body } = await api.get(`${CRDS}/gadgets.conformance.example.com`);
    const conditions = body.status.conditions.map((condition: Json) => `${condition.type}=${condition.status}`);
    expect(conditions).toEqual(expect.arrayContaining(["NamesAccepted=True", "Established=True"]));
    expect(body.status.acceptedNames).toMatchObject({
      plural: "gadgets",
      singular: "gadget",
      kind: "Gadget",
      listKind: "GadgetList",
    });
    expect(body.status.storedVersions).toEqual(["v1"]);
  });

  test("whose name is not plural.group, or whose schema is not structural, is refused", async () => {
    const named = await api.post(CRDS, { ...crdOf("wrongs", {}), metadata: { name: "other.conformance.example.com" } });
    expect([named.status, named.body.reason]).toEqual([422, "Invalid"]);
    const typeless = await api.post(CRDS, crdOf("wrongs", { properties: { spec: { properties: { a: { type: "string" } } } } }));
    expect([typeless.status, typeless.body.reason]).toEqual([422, "Invalid"]);
    expect(typeless.body.message).toContain("properties[spec].type: Required value");
  });

  test("may be for the whole cluster, and may serve several versions of one object", async () => {
    const keep = { schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } }, served: true };
    const crd = crdOf(
      "wides",
      {},
      {
        scope: "Cluster",
        versions: [
          { name: "v1", storage: true, ...keep },
          { name: "v1beta1", storage: false, ...keep },
        ],
      },
    );
    await installCrd(api, crd);
    await api.make(`${GROUP}/wides`, {
      apiVersion: "conformance.example.com/v1",
      kind: "Wide",
      metadata: { name: "w" },
      spec: { a: 1 },
    });
    const { body } = await api.get("/apis/conformance.example.com/v1beta1/wides/w");
    expect([body.apiVersion, body.spec, body.metadata.namespace]).toEqual([
      "conformance.example.com/v1beta1",
      { a: 1 },
      undefined,
    ]);
  });

  test("that is deleted takes its objects and its paths with it", async () => {
    await installCrd(api, crdOf("briefs", { "x-kubernetes-preserve-unknown-fields": true }));
    const briefs = `${path.replace("gadgets", "briefs")}`;
    await api.make(briefs, { apiVersion: "conformance.example.com/v1", kind: "Brief", metadata: { name: "b" } });
    expect((await api.delete(`${CRDS}/briefs.conformance.example.com`)).status).toBe(200);
    await waitFor(
      "the definition to be gone",
      async () => (await api.get(`${CRDS}/briefs.conformance.example.com`)).status === 404,
    );
    await waitFor("its path to be gone", async () => (await api.get(briefs)).status === 404);
    await installCrd(api, crdOf("briefs", { "x-kubernetes-preserve-unknown-fields": true }));
    expect((await api.get(briefs)).body.items).toEqual([]);
  });

  test("that changes is served at once with its new schema", async () => {
    const wider = structuredClone(schema);
    await installCrd(api, crdOf("changes", { properties: { spec: { type: "object", properties: { a: { type: "string" } } } } }));
    const changes = path.replace("gadgets", "changes");
    const object = {
      apiVersion: "conformance.example.com/v1",
      kind: "Change",
      metadata: { name: "c" },
      spec: { name: "ok", size: 1 },
    };
    const made = await api.make(changes, object);
    expect(made.spec).toEqual({});
    await installCrd(api, crdOf("changes", wider));
    const change = { metadata: { annotations: { x: "y" } }, spec: object.spec };
    await waitFor("the new schema", async () => (await api.patch("merge-patch", `${changes}/c`, change)).body.spec?.size === 1);
  });
});

describe("a watch of a kind whose definition is deleted", () => {
  test("tells of the objects' end, then ends", async () => {
    await installCrd(api, crdOf("fleetings", {}, { scope: "Cluster" }));
    const list = "/apis/conformance.example.com/v1/fleetings";
    const { metadata } = await api.make(list, {
      apiVersion: "conformance.example.com/v1",
      kind: "Fleeting",
      metadata: { name: "one" },
    });
    using watch = await Watch.open(api, list, { resourceVersion: metadata.resourceVersion });
    await api.delete(`${CRDS}/fleetings.conformance.example.com`);
    const deleted = await watch.next(30_000);
    expect([deleted?.type, deleted?.object.metadata.name]).toEqual(["DELETED", "one"]);
    expect(await watch.next(30_000)).toBeUndefined();
  }, 60_000);
});
