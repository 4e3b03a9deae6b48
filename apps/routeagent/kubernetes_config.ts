// SPDX-License-Identifier: Apache-2.0
import { ok, type Result, refuse } from "@strait/model";
import * as v from "valibot";

/** What the node agent in Kubernetes is told by its environment, besides what every app is. */
export interface KubernetesConfig {
  readonly probes: { readonly enabled: boolean; readonly intervalMs: number; readonly maxLost: number };
  /** Port of probes and metrics on loopback, as Submariner's agent has one for profiles; 0 for none. */
  readonly probePort: number;
}

/** Submariner's agent probes once in so many of the gateway's intervals. */
const UPSTREAM_FACTOR = 60;

/** At most so many milliseconds from one probe to the next: an agent's word must not be older than ten seconds. */
const SLOWEST_MS = 4000;

const seconds = v.pipe(
  v.optional(v.string(), "1"),
  v.transform((text) => (text === "" ? 1 : Number(text))),
  v.check((value) => value >= 0.001 && value <= 3600, "SUBMARINER_HEALTHCHECKINTERVAL must be a number from 0.001 to 3600"),
);
const losses = v.pipe(
  v.optional(v.string(), "5"),
  v.transform((text) => (text === "" ? 5 : Number(text))),
  v.check(
    (value) => Number.isInteger(value) && value >= 1 && value <= 1000,
    "SUBMARINER_HEALTHCHECKMAXPACKETLOSSCOUNT must be a whole number from 1 to 1000",
  ),
);
const enabled = v.pipe(
  v.optional(v.picklist(["true", "false", "1", "0", ""], "SUBMARINER_HEALTHCHECKENABLED must be true or false"), "true"),
  v.transform((text) => text === "true" || text === "1" || text === ""),
);

const port = v.pipe(
  v.optional(v.string(), ""),
  v.transform((text) => (text === "" ? 32782 : Number(text))),
  v.check(
    (value) => Number.isInteger(value) && value >= 0 && value <= 65535,
    "SUBMARINER_PROFILEPORT must be a whole number from 0 to 65535",
  ),
);

const schema = v.object({
  SUBMARINER_HEALTHCHECKENABLED: enabled,
  SUBMARINER_HEALTHCHECKINTERVAL: seconds,
  SUBMARINER_HEALTHCHECKMAXPACKETLOSSCOUNT: losses,
  SUBMARINER_PROFILEPORT: port,
});

/**
 * Submariner's variables as one frozen object. Total: the refusal is one sentence.
 *
 * Submariner's agents ping once in 60 intervals (a minute by default) and take six minutes to notice. Ours keep that cadence
 * where it is faster than every 4 s and ping every 4 s else, so a loss shows after 10 s (2.5 intervals) at the latest: it costs
 * each remote gateway one small packet in 4 s from each node.
 *
 * @example
 * readKubernetesConfig({ SUBMARINER_HEALTHCHECKINTERVAL: "1" }) // probes.intervalMs 4000
 */
export function readKubernetesConfig(env: Readonly<Record<string, string | undefined>>): Result<KubernetesConfig> {
  const parsed = v.safeParse(schema, Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)));
  if (!parsed.success) return refuse(parsed.issues[0].message);
  const from = parsed.output;
  const intervalMs = Math.min(SLOWEST_MS, from.SUBMARINER_HEALTHCHECKINTERVAL * 1000 * UPSTREAM_FACTOR);
  const maxLost = from.SUBMARINER_HEALTHCHECKMAXPACKETLOSSCOUNT;
  const probes = { enabled: from.SUBMARINER_HEALTHCHECKENABLED, intervalMs, maxLost };
  return ok(Object.freeze({ probes, probePort: from.SUBMARINER_PROFILEPORT }));
}
