// SPDX-License-Identifier: Apache-2.0
import { parse } from "yaml";
import type { Api, Json } from "./api.ts";
import { waitFor } from "./wait_for.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** The definitions of deploy/crds, as objects. */
export async function generatedCrds(): Promise<Json[]> {
  const files = (await Array.fromAsync(new Bun.Glob("deploy/crds/*.yaml").scan("."))).sort();
  return Promise.all(files.map(async (file) => parse(await Bun.file(file).text())));
}

/** Applies a definition and waits until its objects can be written. */
export async function installCrd(api: Api, crd: Json): Promise<void> {
  const query = { fieldManager: "conformance", force: true, fieldValidation: "Strict" };
  const { status, body } = await api.patch("apply-patch", `${CRDS}/${crd.metadata.name}`, crd, query);
  if (status > 201) throw new Error(`${crd.metadata.name}: ${status} ${body.message}`);
  const { group, versions, names } = crd.spec;
  for (const version of versions) {
    // The server needs a moment, and says 404 or 429 until it serves the kind.
    const list = `/apis/${group}/${version.name}/${names.plural}`;
    await waitFor(`${names.plural} to be served`, async () => (await api.get(list)).status === 200);
  }
}

/** A definition of a kind that nobody else has, with the schema of its whole object. */
export function crdOf(plural: string, schema: Json, more: Json = {}): Json {
  const kind = plural.slice(0, 1).toUpperCase() + plural.slice(1, -1);
  const { version, ...spec } = more;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.conformance.example.com` },
    spec: {
      group: "conformance.example.com",
      scope: "Namespaced",
      names: { plural, singular: plural.slice(0, -1), kind, listKind: `${kind}List` },
      versions: [
        { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object", ...schema } }, ...version },
      ],
      ...spec,
    },
  };
}
