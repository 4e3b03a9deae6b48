// SPDX-License-Identifier: Apache-2.0
import { createMemberSource, type OpenPings } from "@strait/member";
import { ok, type Result, refuse } from "@strait/model";
import { type AppContext, type AppParts, ProbePort } from "@strait/node";
import { AgentRole } from "./agent_role.ts";
import { CniWatch } from "./cni_watch.ts";
import { GatewayMemory } from "./gateway_memory.ts";
import { readKubernetesConfig } from "./kubernetes_config.ts";

/** The kernel's echo requests, loaded when they are needed: --help works without the compiled parts. */
async function kernelPings(): Promise<OpenPings> {
  return (await import("@strait/dataplane")).openPinger;
}

/**
 * The node agent in Kubernetes: what it works by and what runs beside its loop, wired together.
 *
 * ```
 * API server ─watch─▶ MemberSource ─ClusterFile─▶ loop ─▶ dataplane
 *      ▲                   │                       │applied
 *      └── RouteAgent ◀── AgentRole: probes ◀──────┘
 * ```
 *
 * @param pings opens what sends echo requests; a test gives its own
 */
export async function agentParts(context: AppContext, pings = kernelPings): Promise<Result<AppParts>> {
  const { env, options, recall, log, timers } = context;
  const { kubernetes } = options;
  if (!kubernetes) return refuse("SUBMARINER_NAMESPACE and SUBMARINER_CLUSTERID are not set");
  const config = readKubernetesConfig(env);
  if (!config.ok) return config;
  const { namespace, clusterId } = kubernetes;
  const { listen, log: logLevel } = options;
  const made = await createMemberSource({ env, namespace, clusterId, role: "agent", listen, logLevel, recall, log, timers });
  if (!made.ok) return made;
  const member = made.value;
  const cni = new CniWatch({ folder: env["STRAIT_CNI_FOLDER"], onChange: () => role.changed(), log, timers });
  const nodeProblems = () => cni.problems();
  const role = new AgentRole({ context, member, config: config.value, namespace, openPings: await pings(), nodeProblems });
  return ok({
    source: member.source,
    extras: [
      role,
      cni,
      new GatewayMemory(context),
      new ProbePort({ context, port: config.value.probePort, source: member.source }),
    ],
  });
}
