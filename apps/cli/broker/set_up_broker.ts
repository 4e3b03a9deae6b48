// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, BROKER, brokerObjects, type Secret, SecretKind } from "@strait/k8s";
import { type JoinFile, type JoinSecret, parseJoinFile } from "@strait/model";
import { installCrds } from "../crds.ts";
import { Failure } from "../failure.ts";
import { apply, createIfMissing } from "../objects.ts";
import type { Steps } from "../steps.ts";
import { accountToken } from "../tokens.ts";
import { keepMembersApart } from "./keep_members_apart.ts";

export interface BrokerParts {
  readonly client: ApiClient;
  readonly steps: Steps;
  readonly namespace: string;
  /** Where other clusters reach the API server. */
  readonly brokerUrl: string;
  readonly components: readonly string[];
  readonly customDomains: readonly string[];
  /** Join file whose pre-shared key is used again. */
  readonly pskFrom?: string;
  readonly signal: AbortSignal;
}

/** Bytes of the clusterset's pre-shared key, as subctl makes it. */
const PSK_BYTES = 48;

/** Makes a namespace of an API server a broker, or leaves it the one it is, and gives what the join file says. */
export async function setUpBroker(parts: BrokerParts): Promise<JoinFile> {
  const { client, steps, namespace, signal } = parts;
  await steps.run(
    "Installing the custom resource definitions",
    () => installCrds(client, signal),
    (text) => text,
  );
  await steps.run(
    "Setting up the broker",
    async () => {
      for (const object of brokerObjects(namespace)) await apply(client, object, signal);
      await apply(client, brokerObject(parts), signal);
      for (const object of addressBooks(namespace)) await createIfMissing(client, object, signal);
    },
    () => `Set up the broker in namespace ${namespace}`,
  );
  await steps.run(
    "Keeping members apart",
    () => keepMembersApart(client, namespace, signal),
    (told) => told,
  );
  const psk = await steps.run(
    "Looking for the pre-shared key",
    () => presharedKey(parts),
    () => "The clusterset has its pre-shared key",
  );
  return joinFile(parts, psk);
}

/** What the join file of a broker says that is set up. */
export async function joinFile(
  { client, steps, namespace, brokerUrl, components, customDomains, signal }: Omit<BrokerParts, "pskFrom">,
  psk: JoinSecret,
): Promise<JoinFile> {
  const token = await steps.run(
    "Waiting for the token that clusters join with",
    () => accountToken(client, namespace, BROKER.admin, signal),
    () => "The token that clusters join with is there",
  );
  return {
    brokerUrl,
    clientToken: plainSecret(token, namespace),
    ipsecPsk: psk,
    serviceDiscovery: components.includes("service-discovery"),
    components,
    customDomains,
  };
}

/** A Secret with what others need of it, and nothing the API server added. */
export function plainSecret({ metadata, data, type }: Secret, namespace: string): JoinSecret {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: metadata.name, namespace },
    data: data ?? {},
    ...(type && { type }),
  };
}

/** The key that is on the broker already, else that of a given file, else a new one; it stays on the broker, for recover-broker-info. */
async function presharedKey({ client, namespace, pskFrom, signal }: BrokerParts): Promise<JoinSecret> {
  const secrets = client.resource(SecretKind);
  const given = pskFrom === undefined ? undefined : await keyOf(pskFrom);
  const present = await secrets.get(BROKER.psk, { namespace, signal });
  if (present && !given) return plainSecret(present, namespace);
  const data = given ?? { psk: Buffer.from(crypto.getRandomValues(new Uint8Array(PSK_BYTES))).toString("base64") };
  const metadata = { name: BROKER.psk, namespace };
  await apply(client, { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data }, signal);
  return { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data };
}

async function keyOf(path: string): Promise<JoinSecret["data"]> {
  const parsed = parseJoinFile(await readText(path));
  if (!parsed.ok) throw new Failure(`${path}: ${parsed.reason}`);
  if (!parsed.value.ipsecPsk) throw new Failure(`${path}: there is no pre-shared key in it`);
  return parsed.value.ipsecPsk.data;
}

/** The text of a file, or a sentence why not. */
export async function readText(path: string): Promise<string> {
  try {
    return await Bun.file(path).text();
  } catch (error) {
    throw new Failure(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function brokerObject({ namespace, components, customDomains }: BrokerParts) {
  return {
    apiVersion: "submariner.io/v1alpha1",
    kind: "Broker",
    metadata: { name: BROKER.object, namespace },
    spec: { components, defaultCustomDomains: customDomains, globalnetEnabled: false, clustersetIPEnabled: false },
  };
}

/** Who has which global and clusterset addresses: Submariner's subctl reads both when a cluster joins (reference §1.5). */
function addressBooks(namespace: string) {
  const book = (name: string, data: Readonly<Record<string, string>>) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace, labels: { component: "submariner-globalnet" } },
    data: { ...data, clusterinfo: "[]" },
  });
  return [
    book(BROKER.globalnetInfo, { globalnetEnabled: "false", globalnetCidrRange: '""', globalnetClusterSize: "0" }),
    book(BROKER.clustersetIpInfo, { clustersetIPEnabled: "false", clustersetIPCidrRange: '""', clustersetIPClusterSize: "0" }),
  ];
}
