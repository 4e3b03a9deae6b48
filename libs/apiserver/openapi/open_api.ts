// SPDX-License-Identifier: Apache-2.0
import type { JsonObject } from "../patch/json.ts";
import { type OperationStyle, pathsOf } from "./paths.ts";
import { schemasOf } from "./schemas.ts";
import { groupVersionPath, type ServedType } from "./served_type.ts";

const info: JsonObject = { title: "Kubernetes", version: "v1.34.0" };

const style2: OperationStyle = {
  parameter: (name, where, type, required = false) => ({
    name,
    in: where,
    type,
    ...(required && { required }),
    uniqueItems: true,
  }),
  operation: ({ parameters, takes, schema, answers }) => ({
    ...(takes.length > 0 && { consumes: [...takes] }),
    produces: ["application/json"],
    parameters: [
      ...parameters,
      ...(takes.length > 0 ? [{ name: "body", in: "body", schema: { $ref: `#/definitions/${schema}` } }] : []),
    ],
    responses: { "200": { description: "OK", schema: { $ref: `#/definitions/${answers}` } } },
  }),
};

const style3: OperationStyle = {
  parameter: (name, where, type, required = false) => ({
    name,
    in: where,
    ...(required && { required }),
    schema: { type, uniqueItems: true },
  }),
  operation: ({ parameters, takes, schema, answers }) => {
    const at = (name: string) => ({ schema: { $ref: `#/components/schemas/${name}` } });
    const body = { content: Object.fromEntries(takes.map((media) => [media, at(schema)])) };
    return {
      parameters,
      ...(takes.length > 0 && { requestBody: body }),
      responses: { "200": { description: "OK", content: { "application/json": at(answers) } } },
    };
  },
};

/** /openapi/v2: one document with everything. */
export function openApiV2(types: readonly ServedType[]): JsonObject {
  const paths = Object.assign({}, ...types.map((type) => pathsOf(type, style2))) as JsonObject;
  return { swagger: "2.0", info, paths, definitions: schemasOf(types, { prefix: "#/definitions/" }) };
}

/** /openapi/v3/api/v1, /openapi/v3/apis/GROUP/VERSION: one document for each group version. @param types those of it. */
export function openApiV3(types: readonly ServedType[]): JsonObject {
  const paths = Object.assign({}, ...types.map((type) => pathsOf(type, style3))) as JsonObject;
  return { openapi: "3.0.0", info, paths, components: { schemas: schemasOf(types, { prefix: "#/components/schemas/" }) } };
}

/**
 * /openapi/v3: where the documents are. The hash in each address lets clients keep a document as long as it is the same.
 *
 * @param hashOf a text that changes with the document of a group version ("api/v1").
 */
export function openApiV3Index(types: readonly ServedType[], hashOf: (path: string) => string): JsonObject {
  const keys = [...new Set(types.map(groupVersionPath))].sort();
  const paths = keys.map((key): [string, JsonObject] => [key, { serverRelativeURL: `/openapi/v3/${key}?hash=${hashOf(key)}` }]);
  return { paths: Object.fromEntries(paths) };
}
