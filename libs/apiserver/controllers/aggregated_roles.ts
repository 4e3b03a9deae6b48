// SPDX-License-Identifier: Apache-2.0
import { selectorMatches } from "../auth/access.ts";
import { objects, parseStored, section } from "../kinds/api_object.ts";
import { canonical, sameJson } from "../patch/mod.ts";
import { change } from "../resources/internal.ts";
import type { Api } from "../resources/scope.ts";
import { KeyedWorker } from "./keyed_worker.ts";

const RESOURCE = "clusterroles.rbac.authorization.k8s.io";

/** Keeps the rules of ClusterRoles with an aggregationRule the sum of those that it selects. */
export function aggregatedRoleController(api: Api): KeyedWorker {
  const worker = new KeyedWorker({
    name: "aggregated roles",
    store: api.store,
    log: api.log,
    keysOf: ({ resource }) => (resource === RESOURCE ? ["all"] : []),
    handle: () => {
      const roles = api.store.list({ resource: RESOURCE }).map(parseStored);
      for (const role of roles) {
        const selectors = objects(section(role, "aggregationRule")["clusterRoleSelectors"]);
        if (selectors.length === 0) continue;
        const meant = roles.filter(
          (one) => one !== role && selectors.some((selector) => selectorMatches(selector, one.metadata.labels ?? {})),
        );
        const rules = new Map(meant.flatMap((one) => objects(one["rules"])).map((rule) => [canonical(rule), rule]));
        const wanted = [...rules.values()];
        if (sameJson(role["rules"] ?? [], wanted)) continue;
        change(api, { resource: RESOURCE, namespace: "", name: role.metadata.name }, (object) => {
          object["rules"] = wanted;
        });
      }
    },
  });
  worker.add("all");
  return worker;
}
