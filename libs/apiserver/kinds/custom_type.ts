// SPDX-License-Identifier: Apache-2.0

import type { JsonObject } from "../patch/mod.ts";
import { StructuralSchema } from "../schema/structural_schema.ts";
import { type ApiObject, objects, section, text, texts } from "./api_object.ts";
import type { ColumnSource, ResourceType, TypeVersion } from "./resource_type.ts";
import { byVersionPriority } from "./type_registry.ts";

/** The type that a CustomResourceDefinition describes. Its schemas were checked when it was written. */
export function customType(crd: ApiObject): ResourceType {
  const spec = section(crd, "spec");
  const names = section(spec, "names");
  const kind = text(names["kind"]);
  const versions = objects(spec["versions"]);
  const served = versions.filter((version) => version["served"] === true).map(typeVersion);
  return {
    group: text(spec["group"]),
    kind,
    listKind: text(names["listKind"]) || `${kind}List`,
    plural: text(names["plural"]),
    singular: text(names["singular"]) || kind.toLowerCase(),
    shortNames: texts(names["shortNames"]),
    categories: texts(names["categories"]),
    namespaced: spec["scope"] === "Namespaced",
    versions: served.sort((a, b) => byVersionPriority(a.name, b.name)),
    storageVersion: text(versions.find((version) => version["storage"] === true)?.["name"]),
    storage: crd.metadata.name,
    subresources: [],
    builtIn: false,
    generation: true,
    unconditionalUpdate: false,
    createOnUpdate: false,
    returnsDeleted: false,
  };
}

function typeVersion(version: JsonObject): TypeVersion {
  const subresources = section(version, "subresources");
  const schema = StructuralSchema.ofCustom(section(version, "schema")["openAPIV3Schema"]);
  const scale = subresources["scale"] === undefined ? undefined : section(subresources, "scale");
  return {
    name: text(version["name"]),
    status: subresources["status"] !== undefined,
    schema: schema.ok ? schema.value : undefined,
    columns: objects(version["additionalPrinterColumns"]) as unknown as ColumnSource[],
    selectable: objects(version["selectableFields"]).map((field) => text(field["jsonPath"]).replace(/^\./, "")),
    ...(scale && {
      scale: {
        specReplicasPath: text(scale["specReplicasPath"]),
        statusReplicasPath: text(scale["statusReplicasPath"]),
        ...(text(scale["labelSelectorPath"]) && { labelSelectorPath: text(scale["labelSelectorPath"]) }),
      },
    }),
  };
}
