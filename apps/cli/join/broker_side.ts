// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, type Connection, memberAccount, memberObjects, type Secret } from "@strait/k8s";
import type { BrokerAddress, BrokerCredential } from "@strait/manifests";
import { type JoinFile, joinCredentials, must } from "@strait/model";
import { checkBrokerUrl } from "../broker/broker_url.ts";
import { apply } from "../objects.ts";
import { accountToken } from "../tokens.ts";
import type { JoinOptions } from "./join_options.ts";

/** The broker of a join file: how this command speaks to it, and how the apps are told. */
export interface BrokerPlace {
  readonly namespace: string;
  readonly connection: Connection;
  readonly address: BrokerAddress;
}

/** Where the broker is. */
export function brokerAt(file: JoinFile, options: Pick<JoinOptions, "brokerUrl" | "checkBrokerCertificate">): BrokerPlace {
  const { token, ca, namespace } = must(joinCredentials(file));
  const server =
    options.brokerUrl === undefined
      ? checkBrokerUrl(file.brokerUrl, "the join file's broker")
      : checkBrokerUrl(options.brokerUrl, "--broker-url");
  const insecure = !options.checkBrokerCertificate;
  const apiServer = server.slice("https://".length);
  const tls = { ...(ca !== undefined && { ca }), insecure };
  return {
    namespace,
    connection: {
      server,
      namespace,
      tls,
      token: () => Promise.resolve(token),
      origin: "the join file",
    },
    address: { apiServer, namespace, insecure, ...(ca !== undefined && { ca }) },
  };
}

/** Makes the member's account on the broker and waits for its token. */
export async function registerMember(
  broker: ApiClient,
  namespace: string,
  clusterId: string,
  signal: AbortSignal,
): Promise<Secret> {
  for (const object of memberObjects(clusterId, namespace)) await apply(broker, object, signal);
  return accountToken(broker, namespace, memberAccount(clusterId), signal);
}

/** What the cluster's apps speak to the broker with: the account's token. */
export function credentialOf({ data = {} }: Secret, brokerNamespace: string): BrokerCredential {
  const { token = "", "ca.crt": ca } = data;
  return { token, namespace: Buffer.from(brokerNamespace).toString("base64"), ...(ca !== undefined && { "ca.crt": ca }) };
}
