// SPDX-License-Identifier: Apache-2.0
import type { Api, Json } from "./api.ts";
import { crdOf, installCrd } from "./crds.ts";
import { newNamespace } from "./objects.ts";

/** Where the tests' own kinds are served. */
export const GROUP = "/apis/conformance.example.com/v1";

/** A schema with something of everything that a definition can say. */
export const schema = {
  required: ["spec"],
  properties: {
    spec: {
      type: "object",
      required: ["name"],
      properties: {
        name: { type: "string", minLength: 2, pattern: "^[a-z]+$" },
        mode: { type: "string", enum: ["on", "off"], default: "off" },
        size: { type: "integer", minimum: 1, maximum: 10 },
        ratio: { type: "number" },
        either: { "x-kubernetes-int-or-string": true },
        tags: { type: "array", items: { type: "string" }, maxItems: 2, "x-kubernetes-list-type": "set" },
        ports: {
          type: "array",
          items: {
            type: "object",
            required: ["port"],
            properties: { port: { type: "integer" }, protocol: { type: "string", default: "TCP" } },
          },
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["port"],
        },
        free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        map: { type: "object", additionalProperties: { type: "integer" } },
        maybe: { type: "string", nullable: true },
      },
    },
    status: { type: "object", properties: { phase: { type: "string" } } },
  },
};

/** Defines gadgets, with that schema, a status and columns; returns the path of those of a new namespace. */
export async function newGadgets(api: Api): Promise<string> {
  const columns = [
    { name: "Mode", type: "string", jsonPath: ".spec.mode" },
    { name: "Size", type: "integer", jsonPath: ".spec.size" },
    { name: "Phase", type: "string", jsonPath: ".status.phase", priority: 1 },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
  ];
  await installCrd(
    api,
    crdOf("gadgets", schema, { version: { subresources: { status: {} }, additionalPrinterColumns: columns } }),
  );
  return `${GROUP}/namespaces/${await newNamespace(api)}/gadgets`;
}

/** A gadget that is valid, but for what is said otherwise. */
export const gadget = (name: string, spec: Json = {}, more: Json = {}): Json => ({
  apiVersion: "conformance.example.com/v1",
  kind: "Gadget",
  metadata: { name },
  spec: { name: "ok", ...spec },
  ...more,
});
