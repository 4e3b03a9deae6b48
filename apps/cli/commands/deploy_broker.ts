// SPDX-License-Identifier: Apache-2.0
import { BROKER } from "@strait/k8s";
import type { AddCommand } from "../add_command.ts";
import { checkBrokerUrl } from "../broker/broker_url.ts";
import { setUpBroker } from "../broker/set_up_broker.ts";
import { writeJoinFile } from "../broker/write_join_file.ts";
import { cluster } from "../connect.ts";
import { EXIT, usage } from "../failure.ts";
import { truth } from "../flags.ts";
import { type GlobalOptions, list, withCluster } from "../global_options.ts";
import type { Io } from "../io.ts";
import { Steps } from "../steps.ts";

interface Options extends GlobalOptions {
  readonly globalnet: boolean;
  readonly ipsecPskFrom?: string;
  readonly customDomains: readonly string[];
  readonly components: readonly string[];
  readonly brokerUrl?: string;
  readonly enableClustersetIp: boolean;
  readonly file: string;
}

/** Components that a broker may have (reference §1.3). */
const COMPONENTS = ["service-discovery", "connectivity"];

/** `strait deploy-broker`: makes a cluster the broker and writes the file that others join with. */
export const deployBroker: AddCommand = (program, io, exit) => {
  withCluster(program.command("deploy-broker").description("make this cluster the broker and write broker-info.subm"))
    .option("-n, --namespace <name>", "namespace of the broker", BROKER.namespace)
    .option("--broker-url <url>", "where other clusters reach this API server; what the kubeconfig says when absent")
    .option("--ipsec-psk-from <file>", "join file whose pre-shared key is used again")
    .option("--custom-domains <names>", "comma-separated DNS domains besides clusterset.local", list, [])
    .option("--components <names>", "comma-separated components", list, COMPONENTS)
    .option("--globalnet [bool]", "clusters with overlapping addresses (not there yet)", truth, false)
    .option("--enable-clusterset-ip [bool]", "addresses of the clusterset for Services (not there yet)", truth, false)
    .option("--file <path>", "where to write the join file", "broker-info.subm")
    .action(async (options: Options) => exit(await run(io, options)));
};

async function run(io: Io, options: Options): Promise<number> {
  if (options.globalnet) throw usage("--globalnet: Strait does not translate overlapping addresses yet; leave it out");
  if (options.enableClustersetIp) throw usage("--enable-clusterset-ip: Strait has no clusterset addresses yet; leave it out");
  const unknown = options.components.find((component) => !COMPONENTS.includes(component));
  if (unknown !== undefined) throw usage(`--components ${unknown}: use ${COMPONENTS.join(" or ")}`);
  const json = options.output === "json";
  const steps = new Steps(io, { json });
  const given = options.brokerUrl === undefined ? undefined : checkBrokerUrl(options.brokerUrl, "--broker-url");
  const { client, connection } = await cluster(io, options);
  const file = await setUpBroker({
    client,
    steps,
    namespace: options.namespace ?? BROKER.namespace,
    brokerUrl: given ?? checkBrokerUrl(connection.server, "the kubeconfig's server"),
    components: options.components,
    customDomains: options.customDomains,
    ...(options.ipsecPskFrom !== undefined && { pskFrom: options.ipsecPskFrom }),
    signal: io.signal,
  });
  const path = await steps.run(
    "Writing the join file",
    () => writeJoinFile(options.file, file, io.now()),
    (written) => `Wrote ${written.path}${written.backup ? ` (the earlier one is now ${written.backup})` : ""}`,
  );
  if (json)
    io.out(`${JSON.stringify({ ok: true, file: path.path, brokerUrl: file.brokerUrl, steps: steps.reports }, null, 2)}\n`);
  return EXIT.ok;
}
