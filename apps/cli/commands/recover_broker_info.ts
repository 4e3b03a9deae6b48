// SPDX-License-Identifier: Apache-2.0
import { BROKER, BrokerKind, SecretKind } from "@strait/k8s";
import { NAMES } from "@strait/manifests";
import type { AddCommand } from "../add_command.ts";
import { checkBrokerUrl } from "../broker/broker_url.ts";
import { joinFile, plainSecret } from "../broker/set_up_broker.ts";
import { writeJoinFile } from "../broker/write_join_file.ts";
import { type Cluster, cluster } from "../connect.ts";
import { EXIT, Failure } from "../failure.ts";
import { type GlobalOptions, withCluster } from "../global_options.ts";
import type { Io } from "../io.ts";
import { listAll } from "../show/read.ts";
import { Steps } from "../steps.ts";

interface Options extends GlobalOptions {
  readonly brokerUrl?: string;
  readonly file: string;
}

/** `strait recover-broker-info`: writes the join file of a broker again. */
export const recoverBrokerInfo: AddCommand = (program, io, exit) => {
  withCluster(program.command("recover-broker-info").description("write broker-info.subm of this broker again"))
    .option("--broker-url <url>", "where other clusters reach this API server; what the kubeconfig says when absent")
    .option("--file <path>", "where to write the join file", "broker-info.subm")
    .action(async (options: Options) => exit(await run(io, options)));
};

async function run(io: Io, options: Options): Promise<number> {
  const json = options.output === "json";
  const steps = new Steps(io, { json });
  const given = options.brokerUrl === undefined ? undefined : checkBrokerUrl(options.brokerUrl, "--broker-url");
  const own = await cluster(io, options);
  const [broker] = await listAll(own.client, BrokerKind);
  if (!broker) throw new Failure(`cluster "${own.name}" is no broker: run this on the cluster where deploy-broker ran`);
  const namespace = broker.metadata.namespace ?? BROKER.namespace;
  const psk = await steps.run(
    "Looking for the pre-shared key",
    () => presharedKey(own, namespace),
    () => "Found the pre-shared key",
  );
  const file = await joinFile(
    {
      client: own.client,
      steps,
      namespace,
      brokerUrl: given ?? checkBrokerUrl(own.connection.server, "the kubeconfig's server"),
      components: broker.spec?.components ?? [],
      customDomains: broker.spec?.defaultCustomDomains ?? [],
      signal: io.signal,
    },
    psk,
  );
  const { path, backup } = await writeJoinFile(options.file, file, io.now());
  steps.say("done", `Wrote ${path}${backup ? ` (the earlier one is now ${backup})` : ""}`);
  if (json) io.out(`${JSON.stringify({ ok: true, file: path, brokerUrl: file.brokerUrl, steps: steps.reports }, null, 2)}\n`);
  return EXIT.ok;
}

/** From the broker, where Strait keeps it; else from the namespace of a member that lives on the same API server, as upstream has it. */
async function presharedKey({ client, name }: Cluster, namespace: string) {
  const secrets = client.resource(SecretKind);
  for (const place of [namespace, NAMES.namespace]) {
    const secret = await secrets.get(BROKER.psk, { namespace: place });
    if (secret) return plainSecret(secret, namespace);
  }
  throw new Failure(
    `cluster "${name}" has no Secret ${BROKER.psk} in ${namespace} nor in ${NAMES.namespace}: copy it there from a cluster that has joined`,
  );
}
