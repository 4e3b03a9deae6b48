// SPDX-License-Identifier: Apache-2.0
import { objects, parseStored, section, text } from "../kinds/api_object.ts";
import type { JsonObject } from "../patch/mod.ts";
import type { ObjectStore } from "../store/object_store.ts";
import { type Access, type PolicyRule, readRule, ruleAllows } from "./access.ts";
import type { User } from "./user.ts";

const GROUP = "rbac.authorization.k8s.io";

interface Binding {
  /** "" for a ClusterRoleBinding. */
  readonly namespace: string;
  readonly subjects: readonly JsonObject[];
  readonly role: { readonly kind: string; readonly name: string };
}

/** Roles and bindings as they are in the store; read again after one of them changed. */
export class Rbac {
  readonly #store: ObjectStore;
  readonly #off: () => void;
  #roles: Map<string, readonly PolicyRule[]> | undefined;
  #bindings: readonly Binding[] = [];

  constructor(store: ObjectStore) {
    this.#store = store;
    this.#off = store.onChange(({ resource }) => {
      if (resource.endsWith(`.${GROUP}`)) this.#roles = undefined;
    });
  }

  allows(user: User, access: Access): boolean {
    if (user.groups.includes("system:masters")) return true;
    return this.rulesOf(user, access.resource?.namespace).some((rule) => ruleAllows(rule, access));
  }

  /** All rules that hold for a user in a namespace (cluster-wide ones only without one). */
  rulesOf(user: User, namespace: string | undefined): PolicyRule[] {
    const roles = this.#load();
    return this.#bindings
      .filter((binding) => binding.namespace === "" || binding.namespace === namespace)
      .filter((binding) => binding.subjects.some((subject) => isMeant(subject, user, binding.namespace)))
      .flatMap(({ role, namespace: home }) => roles.get(role.kind === "Role" ? `${home}/${role.name}` : role.name) ?? []);
  }

  /** Rules of a role; undefined where there is none. */
  roleRules(kind: string, name: string, namespace: string): readonly PolicyRule[] | undefined {
    return this.#load().get(kind === "Role" ? `${namespace}/${name}` : name);
  }

  close(): void {
    this.#off();
  }

  #load(): Map<string, readonly PolicyRule[]> {
    if (this.#roles) return this.#roles;
    const roles = new Map<string, readonly PolicyRule[]>();
    for (const plural of ["roles", "clusterroles"]) {
      for (const stored of this.#store.list({ resource: `${plural}.${GROUP}` })) {
        const key = stored.namespace ? `${stored.namespace}/${stored.name}` : stored.name;
        roles.set(key, objects(parseStored(stored)["rules"]).map(readRule));
      }
    }
    this.#bindings = ["rolebindings", "clusterrolebindings"].flatMap((plural) =>
      this.#store.list({ resource: `${plural}.${GROUP}` }).map((stored) => {
        const object = parseStored(stored);
        const role = section(object, "roleRef");
        return {
          namespace: stored.namespace,
          subjects: objects(object["subjects"]),
          role: { kind: text(role["kind"]), name: text(role["name"]) },
        };
      }),
    );
    this.#roles = roles;
    return roles;
  }
}

function isMeant(subject: JsonObject, user: User, bindingNamespace: string): boolean {
  const name = text(subject["name"]);
  if (subject["kind"] === "User") return user.name === name;
  if (subject["kind"] === "Group") return user.groups.includes(name);
  const namespace = text(subject["namespace"]) || bindingNamespace;
  return subject["kind"] === "ServiceAccount" && namespace !== "" && user.name === `system:serviceaccount:${namespace}:${name}`;
}
