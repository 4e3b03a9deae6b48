// SPDX-License-Identifier: Apache-2.0
import type * as v from "valibot";
import { optional } from "../kube_object.ts";
import { customKind, kubeObject, members, told } from "./custom_kind.ts";
import { flag, text, texts, whole } from "./words.ts";

const schema = kubeObject({
  spec: optional(
    told(
      members({
        components: optional(texts("service-discovery, connectivity.")),
        defaultCustomDomains: optional(texts("Domains of the clusterset besides clusterset.local.")),
        globalnetEnabled: optional(flag("Whether clusters may overlap and are given global addresses.")),
        globalnetCIDRRange: optional(text("Range that global subnets are taken from.")),
        defaultGlobalnetClusterSize: optional(whole("Global addresses of a cluster that asks for no number.")),
        clustersetIPEnabled: optional(flag("Whether exported Services get a clusterset address.")),
        clustersetIPCIDRRange: optional(text("Range that subnets of clusterset addresses are taken from.")),
      }),
      "What holds for the whole clusterset.",
    ),
  ),
  status: optional(told(members({}), "Empty.")),
});

/** What holds for the whole clusterset; the object named `submariner-broker` in the broker's namespace counts. */
export interface Broker extends v.InferOutput<typeof schema> {}

/** submariner.io/v1alpha1 brokers. */
export const BrokerKind = customKind(
  {
    group: "submariner.io",
    version: "v1alpha1",
    kind: "Broker",
    plural: "brokers",
    singular: "broker",
    scope: "Namespaced",
    status: "subresource",
    description: "What holds for the whole clusterset.",
  },
  schema,
);
