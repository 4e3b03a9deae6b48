// SPDX-License-Identifier: Apache-2.0

import { DELIVERIES } from "@strait/model";
import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";

const described = <const S extends v.GenericSchema>(schema: S, description: string) => v.pipe(schema, v.description(description));
const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535));
const subnet = v.pipe(v.string(), v.regex(/^[0-9a-fA-F:.]+\/[0-9]{1,3}$/));
const quantities = v.record(v.string(), v.union([v.string(), v.number()]));
const resources = v.strictObject({ requests: v.optional(quantities), limits: v.optional(quantities) });
const app = (what: string) => v.strictObject({ resources: described(resources, `Resources of ${what}.`) });

/** What a user of the chart may set; `helm` refuses everything else with the schema made from it. */
const schema = v.strictObject({
  clusterId: described(
    v.pipe(v.string(), v.regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/)),
    "Name of this cluster in the clusterset: 1 to 63 of a-z, 0-9 and -.",
  ),
  podCidrs: described(v.array(subnet), "Pod CIDRs, both families. Empty: those of the nodes, as they come and go."),
  serviceCidrs: described(v.pipe(v.array(subnet), v.minLength(1)), "Service CIDRs, both families."),
  broker: v.strictObject({
    server: described(v.pipe(v.string(), v.regex(/^[^/\s]+:[0-9]+$/)), "The broker's API server as host:port, without https://."),
    namespace: described(v.pipe(v.string(), v.minLength(1)), "Namespace of the broker."),
    token: described(v.string(), "Token of this cluster's account on the broker; empty where existingSecret names it."),
    ca: described(v.string(), "Authority of the broker's certificate, PEM; empty: the system's."),
    existingSecret: described(
      v.boolean(),
      "Whether Secret submariner-broker-secret (token, ca.crt, namespace) is there already.",
    ),
    insecure: described(v.boolean(), "Whether the broker's certificate is left unchecked."),
  }),
  image: v.strictObject({
    repository: described(v.pipe(v.string(), v.minLength(1)), "Image without its tag."),
    tag: described(v.string(), "Tag of the image; empty: the chart's version of the app."),
    pullPolicy: v.picklist(["Always", "IfNotPresent", "Never"]),
  }),
  cable: v.strictObject({ driver: v.picklist(["vxlan"]), port: described(port, "UDP port of the cables.") }),
  natEnabled: described(v.boolean(), "Whether gateways may stand behind NAT."),
  olderKernels: described(v.boolean(), "Whether a node runs Linux before 6.6: the apps then need the capability SYS_ADMIN."),
  airGapped: described(v.boolean(), "Whether the internet is out of reach."),
  // Absent from the values of a release that was made by an earlier chart.
  delivery: described(
    v.optional(v.picklist(DELIVERIES)),
    "How packets of pods pass the nodes: auto (through the node's stack where a packet filter of others decides there), stack or direct.",
  ),
  debug: described(v.boolean(), "Whether the apps log in detail."),
  healthCheck: v.strictObject({
    enabled: v.boolean(),
    intervalSeconds: v.pipe(v.number(), v.integer(), v.minValue(1)),
    maxPacketLossCount: v.pipe(v.number(), v.integer(), v.minValue(1)),
  }),
  gateway: app("the gateway"),
  routeagent: app("the node agent"),
  priorityClassName: v.string(),
  tolerations: v.array(v.record(v.string(), v.union([v.string(), v.number()]))),
  global: v.optional(v.record(v.string(), v.unknown())),
});

/** values.schema.json of the chart. */
export function valuesSchema(): string {
  const json = toJsonSchema(schema, { errorMode: "ignore" });
  return `${JSON.stringify({ ...json, title: "Values of the Strait chart" }, null, 2)}\n`;
}
