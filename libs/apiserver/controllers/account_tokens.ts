// SPDX-License-Identifier: Apache-2.0
import type { ServiceAccountTokens } from "../auth/service_accounts.ts";
import { ISSUER } from "../auth/token_issuer.ts";
import { parseStored, section } from "../kinds/api_object.ts";
import { change, discard } from "../resources/internal.ts";
import type { Api } from "../resources/scope.ts";
import { KeyedWorker } from "./keyed_worker.ts";

const TYPE = "kubernetes.io/service-account-token";
const ACCOUNT = "kubernetes.io/service-account.name";
const ACCOUNT_UID = "kubernetes.io/service-account.uid";

/** Fills Secrets of type kubernetes.io/service-account-token, and deletes those whose account is gone. */
export function accountTokenController(api: Api, tokens: ServiceAccountTokens, ca: string): KeyedWorker {
  const worker = new KeyedWorker({
    name: "account tokens",
    store: api.store,
    log: api.log,
    keysOf: ({ resource, namespace, name, type }) => {
      if (resource === "secrets") return type === "DELETED" ? [] : [`${namespace}/${name}`];
      if (resource !== "serviceaccounts" || type === "MODIFIED") return [];
      return api.store.list({ resource: "secrets", namespace }).map((secret) => `${namespace}/${secret.name}`);
    },
    handle: (key) => {
      const [namespace = "", name = ""] = key.split("/");
      const id = { resource: "secrets", namespace, name };
      const stored = api.store.get(id);
      const secret = stored && parseStored(stored);
      if (secret?.["type"] !== TYPE) return;
      const { annotations = {}, uid = "" } = secret.metadata;
      const found = api.store.get({ resource: "serviceaccounts", namespace, name: annotations[ACCOUNT] ?? "" });
      const account = found && parseStored(found);
      if (!account || (annotations[ACCOUNT_UID] && annotations[ACCOUNT_UID] !== account.metadata.uid)) {
        discard(api, id, { uid });
        return;
      }
      const data = section(secret, "data");
      const encode = (text: string) => Buffer.from(text).toString("base64");
      if (data["token"] && data["ca.crt"] === encode(ca) && data["namespace"]) return;
      change(api, id, (object) => {
        object.metadata.annotations = { ...annotations, [ACCOUNT_UID]: account.metadata.uid ?? "" };
        object["data"] = {
          ...data,
          token: data["token"] ?? encode(tokens.issue(account, [ISSUER], undefined, { kind: "Secret", name, uid })),
          "ca.crt": encode(ca),
          namespace: encode(namespace),
        };
      });
    },
  });
  worker.add(...api.store.list({ resource: "secrets" }).map(({ namespace, name }) => `${namespace}/${name}`));
  return worker;
}
