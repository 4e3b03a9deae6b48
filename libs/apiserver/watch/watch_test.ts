// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { configMap, startTestServer } from "../testing/mod.ts";

const MAPS = "/api/v1/namespaces/default/configmaps";

async function* timed(
  events: AsyncGenerator<{ type: string; object: { metadata: { name?: string; resourceVersion: string } } }>,
) {
  for await (const { type, object } of events) yield `${type} ${object.metadata?.name ?? ""}`.trim();
}

test("a watch that is older than the history ends with 410 Expired", async () => {
  await using under = await startTestServer({ historyLimit: 5 });
  const { admin } = under;
  for (let index = 0; index < 10; index++) await admin.make(MAPS, configMap(`c${index}`));
  const { value } = await admin.watch(`${MAPS}?watch=true&resourceVersion=2`).next();
  expect([value?.type, value?.object.code, value?.object.reason]).toEqual(["ERROR", 410, "Expired"]);
});

test("a page whose list is older than the history is refused with 410 Expired", async () => {
  await using under = await startTestServer({ historyLimit: 5 });
  const { admin } = under;
  for (let index = 0; index < 3; index++) await admin.make(MAPS, configMap(`c${index}`));
  const { body } = await admin.call("GET", `${MAPS}?limit=1`);
  for (let index = 0; index < 10; index++) await admin.make(MAPS, configMap(`d${index}`));
  const next = await admin.call("GET", `${MAPS}?limit=1&continue=${body.metadata.continue}`);
  expect([next.status, next.body.reason]).toEqual([410, "Expired"]);
});

test("a watch that nobody reads holds up neither writes nor the others", async () => {
  await using under = await startTestServer({ historyLimit: 50 });
  const { admin } = under;
  const stuck = await admin.fetch("GET", `${MAPS}?watch=true`);
  const reading = new AbortController();
  const seen: string[] = [];
  const reader = (async () => {
    for await (const event of timed(admin.watch(`${MAPS}?watch=true`, reading.signal))) {
      seen.push(event);
      if (event === "ADDED last") return;
    }
  })();
  const big = "x".repeat(600_000);
  await admin.make(MAPS, configMap("big", { a: big }));
  for (let index = 0; index < 30; index++) {
    const { status } = await admin.call("PUT", `${MAPS}/big`, { body: configMap("big", { a: `${big}${index}` }) });
    expect(status).toBe(200);
  }
  await admin.make(MAPS, configMap("last"));
  await reader;
  reading.abort();
  expect(seen.filter((event) => event === "MODIFIED big").length).toBeGreaterThan(0);
  await stuck.body?.cancel();
}, 60_000);

test("a watch of a kind whose definition is deleted tells of its objects' end, then ends", async () => {
  await using under = await startTestServer();
  const { admin } = under;
  const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const openAPIV3Schema = { type: "object" };
  await admin.make(CRDS, {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.com" },
    spec: {
      group: "example.com",
      scope: "Cluster",
      names: { plural: "widgets", singular: "widget", kind: "Widget" },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  });
  await admin.make("/apis/example.com/v1/widgets", { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "one" } });
  const events = timed(admin.watch("/apis/example.com/v1/widgets?watch=true"));
  expect((await events.next()).value).toBe("ADDED one");
  expect((await admin.call("DELETE", `${CRDS}/widgets.example.com`)).status).toBe(200);
  const rest: string[] = [];
  for await (const event of events) rest.push(event);
  expect(rest).toEqual(["DELETED one"]);
});
