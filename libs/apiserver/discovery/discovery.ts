// SPDX-License-Identifier: Apache-2.0
import type { ResourceType } from "../kinds/resource_type.ts";
import { apiVersionOf } from "../kinds/resource_type.ts";
import type { TypeRegistry } from "../kinds/type_registry.ts";

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const STATUS_VERBS = ["get", "patch", "update"];

/** A kind that is only created and never stored, such as SelfSubjectAccessReview. */
export interface ReviewType {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Kinds of a subresource that are not the resource's own. */
export const SUBRESOURCE_KINDS: Readonly<Record<string, { group?: string; version?: string; kind: string; verbs: string[] }>> = {
  "pods/binding": { kind: "Binding", verbs: ["create"] },
  "pods/eviction": { group: "policy", version: "v1", kind: "Eviction", verbs: ["create"] },
  "pods/log": { kind: "Pod", verbs: ["get"] },
  "serviceaccounts/token": { group: "authentication.k8s.io", version: "v1", kind: "TokenRequest", verbs: ["create"] },
  "namespaces/finalize": { kind: "Namespace", verbs: ["update"] },
};

interface Sub {
  readonly name: string;
  readonly kind: string;
  readonly group?: string | undefined;
  readonly version?: string | undefined;
  readonly verbs: readonly string[];
}

function subresources(type: ResourceType, version: string): Sub[] {
  const served = type.versions.find(({ name }) => name === version);
  const subs: Sub[] = type.subresources.map((name) => {
    const known = SUBRESOURCE_KINDS[`${type.plural}/${name}`];
    return {
      name,
      kind: known?.kind ?? type.kind,
      group: known?.group,
      version: known?.version,
      verbs: known?.verbs ?? STATUS_VERBS,
    };
  });
  if (served?.scale) subs.push({ name: "scale", kind: "Scale", group: "autoscaling", version: "v1", verbs: STATUS_VERBS });
  if (served?.status) subs.push({ name: "status", kind: type.kind, verbs: STATUS_VERBS });
  return subs;
}

/** What clients ask to learn which kinds there are. */
export class Discovery {
  readonly #types: TypeRegistry;
  readonly #reviews: readonly ReviewType[];

  constructor(types: TypeRegistry, reviews: readonly ReviewType[]) {
    this.#types = types;
    this.#reviews = reviews;
  }

  /** Groups besides the core, each with its versions. */
  #groups(): Map<string, string[]> {
    const groups = this.#types.groups();
    groups.delete("");
    for (const { group, version } of this.#reviews) if (!groups.has(group)) groups.set(group, [version]);
    return groups;
  }

  /** GET /api */
  core(): object {
    return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };
  }

  /** GET /apis */
  groupList(): object {
    return {
      kind: "APIGroupList",
      apiVersion: "v1",
      groups: [...this.#groups()].map(([name, versions]) => group(name, versions)),
    };
  }

  /** GET /apis/GROUP; undefined where there is none. */
  group(name: string): object | undefined {
    const versions = this.#groups().get(name);
    return versions && { kind: "APIGroup", apiVersion: "v1", ...group(name, versions) };
  }

  /** GET /api/v1 and /apis/GROUP/VERSION; undefined where there is none. */
  resourceList(of: string, version: string): object | undefined {
    const resources: object[] = [];
    for (const type of this.#in(of, version)) {
      const { plural, singular, namespaced, kind, shortNames, categories } = type;
      resources.push({
        name: plural,
        singularName: singular,
        namespaced,
        kind,
        verbs: VERBS,
        ...(shortNames.length > 0 && { shortNames }),
        ...(categories.length > 0 && { categories }),
      });
      for (const sub of subresources(type, version)) {
        const { name, kind: subKind, group: subGroup, version: subVersion, verbs } = sub;
        const foreign = subGroup && { group: subGroup, version: subVersion };
        resources.push({ name: `${plural}/${name}`, singularName: "", namespaced, ...foreign, kind: subKind, verbs });
      }
    }
    for (const { plural, kind, namespaced } of this.#reviewsIn(of, version)) {
      resources.push({ name: plural, singularName: kind.toLowerCase(), namespaced, kind, verbs: ["create"] });
    }
    if (resources.length === 0) return undefined;
    return { kind: "APIResourceList", apiVersion: "v1", groupVersion: apiVersionOf(of, version), resources };
  }

  /** GET /api (core) or /apis as apidiscovery.k8s.io/v2 APIGroupDiscoveryList. */
  aggregated(core: boolean): object {
    const groups = core ? new Map([["", ["v1"]]]) : this.#groups();
    const items = [...groups].map(([name, versions]) => ({
      metadata: { ...(name && { name }), creationTimestamp: null },
      versions: versions.map((version) => ({
        version,
        resources: this.#aggregatedResources(name, version),
        freshness: "Current",
      })),
    }));
    return { kind: "APIGroupDiscoveryList", apiVersion: "apidiscovery.k8s.io/v2", metadata: {}, items };
  }

  #aggregatedResources(of: string, version: string): object[] {
    const kindOf = (kind: string, g = of, v = version) => ({ group: g, version: v, kind });
    const resources: object[] = this.#in(of, version).map((type) => {
      const { plural, singular, namespaced, kind, shortNames, categories } = type;
      const subs = subresources(type, version).map((sub) => ({
        subresource: sub.name,
        responseKind: kindOf(sub.kind, sub.group, sub.version),
        verbs: sub.verbs,
      }));
      return {
        resource: plural,
        responseKind: kindOf(kind),
        scope: namespaced ? "Namespaced" : "Cluster",
        singularResource: singular,
        verbs: VERBS,
        ...(shortNames.length > 0 && { shortNames }),
        ...(categories.length > 0 && { categories }),
        ...(subs.length > 0 && { subresources: subs }),
      };
    });
    for (const { plural, kind, namespaced } of this.#reviewsIn(of, version)) {
      resources.push({
        resource: plural,
        responseKind: kindOf(kind),
        scope: namespaced ? "Namespaced" : "Cluster",
        singularResource: kind.toLowerCase(),
        verbs: ["create"],
      });
    }
    return resources;
  }

  #in(of: string, version: string): ResourceType[] {
    return this.#types.all().filter((type) => type.group === of && type.versions.some(({ name }) => name === version));
  }

  #reviewsIn(of: string, version: string): ReviewType[] {
    return this.#reviews.filter((review) => review.group === of && review.version === version);
  }
}

function group(name: string, versions: readonly string[]): object {
  const entries = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: entries, preferredVersion: entries[0] };
}
