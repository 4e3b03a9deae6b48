// SPDX-License-Identifier: Apache-2.0
import type { ServiceAccountTokens } from "../auth/service_accounts.ts";
import type { Api } from "../resources/scope.ts";
import { accountTokenController } from "./account_tokens.ts";
import { aggregatedRoleController } from "./aggregated_roles.ts";
import { definitionCleanup } from "./custom_types.ts";
import { garbageController } from "./garbage.ts";
import { namespaceController } from "./namespaces.ts";
import { deleteOldEvents } from "./old_events.ts";

const EVENTS_MS = 300_000;

/** Starts what upstream's controller manager does that every client counts on. */
export function startControllers(api: Api, tokens: ServiceAccountTokens, ca: string): { stop(): void } {
  const workers = [
    namespaceController(api, ca),
    accountTokenController(api, tokens, ca),
    garbageController(api),
    aggregatedRoleController(api),
    definitionCleanup(api),
  ];
  const timer = setInterval(() => {
    try {
      deleteOldEvents(api);
    } catch (error) {
      api.log.warn("old events stay", { error });
    }
  }, EVENTS_MS);
  return {
    stop: () => {
      clearInterval(timer);
      for (const worker of workers) worker.stop();
    },
  };
}
