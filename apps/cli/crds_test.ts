// SPDX-License-Identifier: Apache-2.0
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { type ApiClient, CRD_REVISION, CustomResourceDefinitionKind, crds } from "@strait/k8s";
import { installCrds } from "./crds.ts";
import { apply } from "./objects.ts";
import { type Clusterset, startClusterset } from "./testing/clusterset.ts";

const NAME = "endpoints.submariner.io";
const own = crds().find(({ metadata }) => metadata.name === NAME);
const signal = new AbortController().signal;
let set: Clusterset;
let client: ApiClient;

beforeAll(async () => {
  set = await startClusterset({ plain: { pods: "10.9.0.0/16", services: "100.9.0.0/16" } });
  client = set.broker.client;
}, 30_000);
afterAll(() => set[Symbol.asyncDispose]());
afterEach(() => client.resource(CustomResourceDefinitionKind).delete(NAME));

/** Puts a definition there as a version of Strait with that revision would have it, with a field of its own. */
async function put(revision: number | string, version = "v1"): Promise<void> {
  if (own === undefined) throw new TypeError(`no definition ${NAME}`);
  const [first] = own.spec.versions;
  const { schema } = first ?? { schema: { openAPIV3Schema: {} } };
  const openAPIV3Schema = JSON.parse(JSON.stringify(schema.openAPIV3Schema));
  openAPIV3Schema.properties.spec.properties.colour = { type: "string" };
  await apply(client, {
    ...own,
    metadata: { name: NAME, annotations: { [CRD_REVISION.annotation]: String(revision) } },
    spec: { ...own.spec, versions: [{ ...first, name: version, schema: { openAPIV3Schema } }] },
  });
}

async function there() {
  const crd = await client.resource(CustomResourceDefinitionKind).get(NAME);
  const text = JSON.stringify(crd?.spec);
  return { revision: crd?.metadata.annotations?.[CRD_REVISION.annotation], hasTheirs: text.includes('"colour"') };
}

test("installCrds keeps a definition of a later version, which has fields that ours would cut off", async () => {
  await put(CRD_REVISION.number + 1);
  const count = crds().length;
  expect(await installCrds(client, signal)).toBe(
    `Installed ${count - 1} custom resource definitions, kept 1 of a later version of Strait`,
  );
  expect(await there()).toEqual({ revision: String(CRD_REVISION.number + 1), hasTheirs: true });
});

test.each([
  ["an earlier revision", CRD_REVISION.number - 1],
  ["its own revision", CRD_REVISION.number],
  ["a revision that is no number", "latest"],
])("installCrds takes over a definition of %s", async (_, revision) => {
  await put(revision);
  expect(await installCrds(client, signal)).toBe(`Installed ${crds().length} custom resource definitions`);
  expect(await there()).toEqual({ revision: String(CRD_REVISION.number), hasTheirs: false });
});

test("installCrds refuses a later definition that does not serve its version, and touches none", async () => {
  await put(CRD_REVISION.number + 1, "v7");
  await expect(installCrds(client, signal)).rejects.toThrow(
    /^definition endpoints\.submariner\.io is of a later version of Strait \(definitions 2, this one knows 1\) and does not serve v1, .*use that version or a later one, or run strait uninstall with it first; nothing was changed$/,
  );
  expect(await there()).toEqual({ revision: String(CRD_REVISION.number + 1), hasTheirs: true });
});
