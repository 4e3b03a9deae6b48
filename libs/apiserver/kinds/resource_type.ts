// SPDX-License-Identifier: Apache-2.0
import type { StructuralSchema } from "../schema/structural_schema.ts";

/** A column of `kubectl get`, as the Table answer has it. */
export interface ColumnSource {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
  /** JSONPath into the object, as in a CRD's additionalPrinterColumns. */
  readonly jsonPath: string;
}

/** A version under which a type is served. */
export interface TypeVersion {
  readonly name: string;
  readonly columns?: readonly ColumnSource[];
  /** What its objects may look like; absent for the few built-in kinds that nothing looks into. */
  readonly schema?: StructuralSchema | undefined;
  /** Extra field selectors, as `spec.color`. */
  readonly selectable?: readonly string[];
  readonly status: boolean;
  readonly scale?: ScalePaths | undefined;
}

/** Where a kind keeps what its scale subresource shows. */
export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/** One resource of the API, built in or registered by a CustomResourceDefinition. */
export interface ResourceType {
  readonly group: string;
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Served versions, preferred first. */
  readonly versions: readonly TypeVersion[];
  readonly storageVersion: string;
  /** Where its objects lie in the store. Two types may share it (both kinds of Event). */
  readonly storage: string;
  /** Subresources besides status and scale, for example "binding". */
  readonly subresources: readonly string[];
  readonly builtIn: boolean;
  /** Whether metadata.generation counts changes of everything but metadata and status. */
  readonly generation: boolean;
  /** A PUT without resourceVersion overwrites; else it is refused. */
  readonly unconditionalUpdate: boolean;
  /** A PUT of a name that does not exist creates it. */
  readonly createOnUpdate: boolean;
  /** DELETE answers with the object in place of a Status. */
  readonly returnsDeleted: boolean;
}

/** The apiVersion of a group and version: "v1", "apps/v1". */
export function apiVersionOf(group: string, version: string): string {
  return group ? `${group}/${version}` : version;
}
