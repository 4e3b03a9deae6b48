// SPDX-License-Identifier: Apache-2.0

import { NAMES } from "@strait/manifests";
import { DELIVERIES, parseJoinFile } from "@strait/model";
import { Option } from "commander";
import type { AddCommand } from "../add_command.ts";
import { readText } from "../broker/set_up_broker.ts";
import { cluster } from "../connect.ts";
import { EXIT, Failure, usage } from "../failure.ts";
import { cidrs, pairs, truth, whole } from "../flags.ts";
import { list, withCluster } from "../global_options.ts";
import type { Io } from "../io.ts";
import { joinCluster } from "../join/join_cluster.ts";
import type { JoinOptions } from "../join/join_options.ts";
import { Steps } from "../steps.ts";
import { VERSION } from "./version.ts";

/** `strait join broker-info.subm`: makes a cluster a member of the clusterset. */
export const join: AddCommand = (program, io, exit) => {
  const command = withCluster(program.command("join <file>").description("make this cluster a member of the clusterset"))
    .option("--clusterid <id>", "name of this cluster in the clusterset; asked for when absent")
    .option("--servicecidr <subnets>", "Service CIDRs, comma-separated; found out when absent", cidrs)
    .option("--clustercidr <subnets>", "pod CIDRs, comma-separated; found out when absent", cidrs)
    .option("--repository <name>", "where the image comes from", "")
    .option("--version <tag>", "version of the image", VERSION)
    .option("--image-override <component=image>", "image of one component; may be repeated", pairs, {})
    .option("--nattport <port>", "UDP port of the cables", whole(1, 65535), 4500)
    .option("--natt [bool]", "whether gateways may stand behind NAT", truth, true)
    .option("--preferred-server [bool]", "whether this side waits for the others to connect", truth, false)
    .option("--air-gapped [bool]", "whether the internet is out of reach", truth, false)
    .option("--force-udp-encaps [bool]", "UDP encapsulation without NAT too", truth, false)
    .option("--pod-debug [bool]", "debug logs of the apps", truth, false)
    .addOption(
      new Option("--delivery <way>", "how pods' packets pass the nodes: auto heeds packet filters of others, direct does not")
        .choices(DELIVERIES)
        .default("auto"),
    )
    .option("--label-gateway [bool]", "label a node as gateway where none is", truth, true)
    .option("--gateway-node <names>", "comma-separated nodes to label as gateways", list, [])
    .addOption(new Option("--cable-driver <name>", "driver of the cables").choices(["vxlan"]).default("vxlan"))
    .option("--custom-domains <names>", "comma-separated DNS domains; those of the broker when absent", list)
    .option("--health-check [bool]", "probe the other gateways", truth, true)
    .option("--health-check-interval <seconds>", "time between probes", whole(1, 3600), 1)
    .option("--health-check-max-packet-loss-count <count>", "lost probes after which a connection is in error", whole(1, 1000), 5)
    .option("--ignore-requirements [bool]", "go on where a requirement is not met", truth, false)
    .option("--check-broker-certificate [bool]", "refuse a broker whose certificate is not good", truth, true)
    .option("--broker-url <url>", "address of the broker in place of the join file's")
    .option("--wait [bool]", "wait until gateways and node agents are ready", truth, true)
    .option("--wait-timeout <seconds>", "how long to wait", whole(1, 3600), 120)
    .option("--dry-run [bool]", "print what would be applied as JSON, and change nothing", truth, false)
    .option("-n, --namespace <name>", "namespace of Strait", NAMES.namespace);
  for (const [flag, what] of Object.entries(later))
    command.addOption(new Option(flag, what).hideHelp().argParser(truth).default(false));
  command.action(async (file: string, options: JoinOptions) => exit(await run(io, file, options)));
};

/** Flags of subctl that are read so that they can be refused with a sentence. */
const later: Readonly<Record<string, string>> = {
  "--globalnet [bool]": "overlapping addresses",
  "--load-balancer [bool]": "gateways behind a load balancer",
  "--enable-clusterset-ip [bool]": "addresses of the clusterset",
};

async function run(io: Io, path: string, options: JoinOptions): Promise<number> {
  const json = options.output === "json";
  if (options.globalnet) throw usage("--globalnet: Strait does not translate overlapping addresses yet; leave it out");
  if (options.loadBalancer)
    throw usage("--load-balancer: Strait's gateways do not stand behind load balancers yet; leave it out");
  if (options.enableClustersetIp) throw usage("--enable-clusterset-ip: Strait has no clusterset addresses yet; leave it out");
  const parsed = parseJoinFile(await readText(path));
  if (!parsed.ok) throw new Failure(`${path}: ${parsed.reason}`);
  const steps = new Steps(io, { json: json || options.dryRun });
  const own = await cluster(io, options);
  const outcome = await joinCluster({ io, steps, own, file: parsed.value, options });
  if (options.dryRun) io.out(`${JSON.stringify(outcome.manifests, null, 2)}\n`);
  else if (json) io.out(`${JSON.stringify({ ok: outcome.ready, ...outcome.summary, steps: steps.reports }, null, 2)}\n`);
  return outcome.ready ? EXIT.ok : EXIT.failed;
}
