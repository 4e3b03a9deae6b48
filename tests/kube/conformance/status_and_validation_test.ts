// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, test } from "bun:test";
import { type Api, admin, type Json } from "../support/api.ts";
import { GROUP, gadget, newGadgets } from "../support/gadgets.ts";

let api: Api;
let path: string;

beforeAll(async () => {
  api = await admin();
  path = await newGadgets(api);
});

describe("the status subresource", () => {
  test("is the only way to write status, and writes nothing else", async () => {
    const made = await api.make(path, gadget("status", {}, { status: { phase: "Forged" } }));
    expect(made.status).toBeUndefined();
    const both = {
      ...made,
      spec: { name: "changed" },
      status: { phase: "Up" },
      metadata: { ...made.metadata, labels: { a: "b" } },
    };
    const viaStatus = await api.put(`${path}/status/status`, both);
    expect([viaStatus.status, viaStatus.body.status, viaStatus.body.spec.name]).toEqual([200, { phase: "Up" }, "ok"]);
    expect(viaStatus.body.metadata.labels).toBeUndefined();
    const viaSpec = await api.put(`${path}/status`, { ...viaStatus.body, spec: { name: "changed" }, status: { phase: "Down" } });
    expect([viaSpec.body.status, viaSpec.body.spec.name]).toEqual([{ phase: "Up" }, "changed"]);
    expect((await api.get(`${path}/status/status`)).body).toEqual(viaSpec.body);
  });

  test("keeps to the schema and to the resourceVersion", async () => {
    const made = await api.make(path, gadget("status-bad"));
    const wrong = await api.patch("merge-patch", `${path}/status-bad/status`, { status: { phase: 1 } });
    expect([wrong.status, wrong.body.details.causes[0].field]).toEqual([422, "status.phase"]);
    await api.patch("merge-patch", `${path}/status-bad/status`, { status: { phase: "Up" } });
    const late = await api.put(`${path}/status-bad/status`, { ...made, status: { phase: "Late" } });
    expect([late.status, late.body.reason]).toEqual([409, "Conflict"]);
  });

  test("can be applied by another manager than the spec", async () => {
    await api.patch("apply-patch", `${path}/status-applied`, gadget("status-applied"), { fieldManager: "user" });
    const bare = { apiVersion: "conformance.example.com/v1", kind: "Gadget", metadata: { name: "status-applied" } };
    const answer = await api.patch(
      "apply-patch",
      `${path}/status-applied/status`,
      { ...bare, status: { phase: "Up" } },
      { fieldManager: "controller" },
    );
    expect(answer.body.status).toEqual({ phase: "Up" });
    const entry = answer.body.metadata.managedFields.find((field: Json) => field.manager === "controller");
    expect(entry).toMatchObject({ operation: "Apply", subresource: "status", fieldsV1: { "f:status": { "f:phase": {} } } });
  });
});

describe("field validation", () => {
  const typo = gadget("typo", { sise: 3 });

  test("Strict refuses an unknown field and a field that is there twice", async () => {
    const { status, body } = await api.post(path, typo, { fieldValidation: "Strict" });
    expect([status, body.reason]).toEqual([400, "BadRequest"]);
    expect(body.message).toContain('strict decoding error: unknown field "spec.sise"');
    const twice = JSON.stringify(gadget("twice")).replace('"name":"ok"', '"name":"ok","name":"no"');
    const doubled = await api.post(path, twice, { fieldValidation: "Strict" });
    expect([doubled.status, doubled.body.message]).toEqual([400, expect.stringContaining('duplicate field "spec.name"')]);
  });

  test("Warn takes it and says so in a header; Ignore takes it in silence", async () => {
    const warned = await api.post(path, typo, { fieldValidation: "Warn" });
    expect([warned.status, warned.headers.get("warning")]).toEqual([201, '299 - "unknown field \\"spec.sise\\""']);
    const quiet = { ...typo, metadata: { name: "quiet" } };
    const ignored = await api.post(path, quiet, { fieldValidation: "Ignore" });
    expect([ignored.status, ignored.headers.get("warning")]).toEqual([201, null]);
  });

  test("is done for built-in kinds as well", async () => {
    const maps = path.replace(GROUP, "/api/v1").replace("gadgets", "configmaps");
    const { status, body } = await api.post(maps, { metadata: { name: "typo" }, dada: {} }, { fieldValidation: "Strict" });
    expect([status, body.message]).toEqual([400, expect.stringContaining('unknown field "dada"')]);
    expect(
      (await api.post(maps, { metadata: { name: "typo" }, dada: {} }, { fieldValidation: "Warn" })).headers.get("warning"),
    ).toBe('299 - "unknown field \\"dada\\""');
  });
});
