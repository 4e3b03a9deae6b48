// SPDX-License-Identifier: Apache-2.0
import type { KubeObject } from "../kube_object.ts";
import { customKinds } from "./all_kinds.ts";
import type { CustomKind } from "./custom_kind.ts";
import { type StructuralSchema, structuralSchema } from "./structural_schema.ts";

/** One served version of a kind. */
export interface CrdVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly additionalPrinterColumns?: readonly Readonly<Record<string, string>>[];
  readonly schema: { readonly openAPIV3Schema: StructuralSchema };
  readonly subresources?: { readonly status?: Readonly<Record<string, never>> };
}

/** A CustomResourceDefinition as it is written: apiextensions.k8s.io/v1, without status. */
export interface CrdManifest {
  readonly apiVersion: "apiextensions.k8s.io/v1";
  readonly kind: "CustomResourceDefinition";
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly group: string;
    readonly names: {
      readonly kind: string;
      readonly listKind: string;
      readonly plural: string;
      readonly singular: string;
      readonly shortNames?: readonly string[];
    };
    readonly scope: "Namespaced" | "Cluster";
    readonly versions: readonly CrdVersion[];
  };
}

/**
 * How a definition says which set it is of, so that an earlier version of Strait leaves those of a later one alone: by its own it
 * would cut off fields that the later one has stored. The number goes up with every change of a definition.
 */
export const CRD_REVISION = { annotation: "strait.io/definitions", number: 1 } as const;

function versionOf(kind: CustomKind<KubeObject>): CrdVersion {
  const { version, columns, status, schema, description } = kind;
  return {
    name: version,
    served: true,
    storage: true,
    ...(columns && { additionalPrinterColumns: columns.map((column) => ({ ...column })) }),
    schema: { openAPIV3Schema: structuralSchema(schema, description) },
    ...(status !== "none" && { subresources: status === "subresource" ? { status: {} } : {} }),
  };
}

/** The definition of one of our kinds. One version is served; a second one gets an entry of its own in `versions`. */
export function crdOf(kind: CustomKind<KubeObject>): CrdManifest {
  const { group, plural, singular, shortNames, scope } = kind;
  const names = { kind: kind.kind, listKind: `${kind.kind}List`, plural, singular, ...(shortNames && { shortNames }) };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}`, annotations: { [CRD_REVISION.annotation]: String(CRD_REVISION.number) } },
    spec: { group, names, scope, versions: [versionOf(kind)] },
  };
}

/**
 * The CustomResourceDefinitions of our kinds, all or the given ones, sorted by name; deploy/crds holds the same as files.
 *
 * @example
 * for (const crd of crds()) await client.resource(CustomResourceDefinitionKind).apply(crd, { fieldManager: "strait" });
 */
export function crds(kinds: readonly CustomKind<KubeObject>[] = customKinds): CrdManifest[] {
  return kinds.map(crdOf).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}
