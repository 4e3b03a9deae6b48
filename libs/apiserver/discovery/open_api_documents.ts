// SPDX-License-Identifier: Apache-2.0
import type { TypeRegistry } from "../kinds/type_registry.ts";
import { groupVersionPath, openApiV2, openApiV3, openApiV3Index, type ServedType } from "../openapi/mod.ts";
import { unknownKind } from "../resources/field_managers.ts";

/** The OpenAPI documents of what is served now. They are made when asked for; only their hashes are kept, until the types change. */
export class OpenApiDocuments {
  readonly #types: TypeRegistry;
  #hashes = new Map<string, string>();
  #of = -1;

  constructor(types: TypeRegistry) {
    this.#types = types;
  }

  /** GET /openapi/v2 */
  v2(): string {
    return JSON.stringify(openApiV2(this.#served()));
  }

  /** GET /openapi/v3 */
  index(): string {
    if (this.#of !== this.#types.generation) {
      this.#of = this.#types.generation;
      this.#hashes = new Map();
    }
    return JSON.stringify(openApiV3Index(this.#served(), (path) => this.#hash(path)));
  }

  /** GET /openapi/v3/PATH, for example "apis/apps/v1"; undefined where nothing is served there. */
  v3(path: string): string | undefined {
    const types = this.#served().filter((type) => groupVersionPath(type) === path);
    return types.length === 0 ? undefined : JSON.stringify(openApiV3(types));
  }

  #hash(path: string): string {
    const known = this.#hashes.get(path);
    if (known !== undefined) return known;
    const made = Bun.hash(this.v3(path) ?? "")
      .toString(16)
      .toUpperCase();
    this.#hashes.set(path, made);
    return made;
  }

  #served(): ServedType[] {
    return this.#types.all().flatMap(({ group, kind, plural, namespaced, builtIn, versions }) =>
      versions.map(({ name, schema, status, scale }) => ({
        group,
        version: name,
        kind,
        plural,
        namespaced,
        builtIn,
        subresources: [...(status ? ["status"] : []), ...(scale ? ["scale"] : [])],
        schema: schema?.rooted ?? unknownKind,
      })),
    );
  }
}
