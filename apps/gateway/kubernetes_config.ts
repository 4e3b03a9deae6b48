// SPDX-License-Identifier: Apache-2.0
import { type BrokerAccess, brokerAccess } from "@strait/member";
import { ok, type Result, refuse } from "@strait/model";
import * as v from "valibot";

/** What a gateway in Kubernetes is told by its environment, besides what every app is. */
export interface KubernetesConfig {
  readonly backend: string;
  readonly natEnabled: boolean;
  readonly podName: string | undefined;
  readonly lease: { readonly leaseMs: number; readonly renewMs: number; readonly retryMs: number };
  readonly probes: { readonly enabled: boolean; readonly intervalMs: number; readonly maxLost: number };
  /** Port of the metrics on loopback; 0 for none. */
  readonly metricsPort: number;
  /** Undefined where there is no broker: the gateway then keeps its cables and publishes to its own cluster only. */
  readonly broker: BrokerAccess | undefined;
}

const number = (name: string, otherwise: number, least: number, most: number) =>
  v.optional(
    v.pipe(
      v.string(),
      v.transform((text) => (text === "" ? otherwise : Number(text))),
      v.check(
        (value) => Number.isFinite(value) && value >= least && value <= most,
        `${name} must be a number from ${least} to ${most}`,
      ),
    ),
    String(otherwise),
  );
const flag = (name: string, otherwise: boolean) =>
  v.optional(
    v.pipe(
      v.picklist(["true", "false", "1", "0", ""], `${name} must be true or false`),
      v.transform((text) => (text === "" ? otherwise : text === "true" || text === "1")),
    ),
    String(otherwise) as "true" | "false",
  );

const schema = v.object({
  SUBMARINER_CABLEDRIVER: v.optional(v.string(), "vxlan"),
  SUBMARINER_NATENABLED: flag("SUBMARINER_NATENABLED", false),
  SUBMARINER_HEALTHCHECKENABLED: flag("SUBMARINER_HEALTHCHECKENABLED", true),
  SUBMARINER_HEALTHCHECKINTERVAL: number("SUBMARINER_HEALTHCHECKINTERVAL", 1, 0.1, 3600),
  SUBMARINER_HEALTHCHECKMAXPACKETLOSSCOUNT: number("SUBMARINER_HEALTHCHECKMAXPACKETLOSSCOUNT", 5, 1, 1000),
  SUBMARINER_METRICSPORT: number("SUBMARINER_METRICSPORT", 32780, 0, 65535),
  LEADERSHIP_LEASEDURATION: number("LEADERSHIP_LEASEDURATION", 15, 1, 3600),
  LEADERSHIP_RENEWDEADLINE: number("LEADERSHIP_RENEWDEADLINE", 10, 0.5, 3600),
  LEADERSHIP_RETRYPERIOD: number("LEADERSHIP_RETRYPERIOD", 2, 0.1, 3600),
  POD_NAME: v.optional(v.string(), ""),
});

/**
 * Submariner's variables as one frozen object. Total: the refusal is one sentence.
 *
 * @example
 * readKubernetesConfig(process.env)
 */
export function readKubernetesConfig(env: Readonly<Record<string, string | undefined>>): Result<KubernetesConfig> {
  const parsed = v.safeParse(schema, Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)));
  if (!parsed.success) return refuse(parsed.issues[0].message);
  const from = parsed.output;
  const broker = brokerAccess(env);
  if (!broker.ok) return broker;
  const lease = {
    leaseMs: from.LEADERSHIP_LEASEDURATION * 1000,
    renewMs: from.LEADERSHIP_RENEWDEADLINE * 1000,
    retryMs: from.LEADERSHIP_RETRYPERIOD * 1000,
  };
  // client-go's rule: candidates wait up to 1.2 retry periods longer than one.
  if (lease.leaseMs <= lease.renewMs || lease.renewMs <= lease.retryMs * 1.2) {
    return refuse("LEADERSHIP_LEASEDURATION must be more than _RENEWDEADLINE, and that more than 1.2 times _RETRYPERIOD");
  }
  const probes = {
    enabled: from.SUBMARINER_HEALTHCHECKENABLED,
    intervalMs: from.SUBMARINER_HEALTHCHECKINTERVAL * 1000,
    maxLost: from.SUBMARINER_HEALTHCHECKMAXPACKETLOSSCOUNT,
  };
  return ok(
    Object.freeze({
      backend: from.SUBMARINER_CABLEDRIVER || "vxlan",
      natEnabled: from.SUBMARINER_NATENABLED,
      podName: from.POD_NAME || undefined,
      lease,
      probes,
      metricsPort: from.SUBMARINER_METRICSPORT,
      broker: broker.value,
    }),
  );
}
