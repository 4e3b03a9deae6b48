// SPDX-License-Identifier: Apache-2.0
import type { Manifest } from "@strait/k8s";
import {
  accounts,
  capabilitiesFor,
  gatewayDaemonSet,
  type JoinSettings,
  NAMES,
  routeAgentDaemonSet,
  submarinerObject,
} from "@strait/manifests";
import { bare, block, template, text } from "./placeholders.ts";

const image = text('printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion)');

/** The settings of a join, with the chart's values in their places. */
const settings: JoinSettings = {
  namespace: text(".Release.Namespace"),
  clusterId: text(".Values.clusterId"),
  podCidrs: [text('join "," .Values.podCidrs')],
  podCidrsOfNodes: false,
  serviceCidrs: [text('join "," .Values.serviceCidrs')],
  globalCidrs: [],
  cableDriver: text(".Values.cable.driver"),
  nattPort: bare(".Values.cable.port"),
  natEnabled: bare(".Values.natEnabled"),
  preferredServer: false,
  forceUdpEncaps: false,
  airGapped: bare(".Values.airGapped"),
  loadBalancer: false,
  debug: bare(".Values.debug"),
  delivery: text(".Values.delivery") as JoinSettings["delivery"],
  healthCheck: {
    enabled: bare(".Values.healthCheck.enabled"),
    intervalSeconds: bare(".Values.healthCheck.intervalSeconds"),
    maxPacketLossCount: bare(".Values.healthCheck.maxPacketLossCount"),
  },
  customDomains: [],
  broker: {
    apiServer: text(".Values.broker.server"),
    namespace: text(".Values.broker.namespace"),
    insecure: bare(".Values.broker.insecure"),
  },
  // The settings have the folder, to which the image's own name is added.
  repository: text(".Values.image.repository | dir"),
  version: text(".Values.image.tag | default .Chart.AppVersion"),
  olderKernels: false,
  imageOverrides: { [NAMES.gateway]: image, [NAMES.routeagent]: image },
};

interface DaemonSetShape {
  readonly template: { readonly spec: { readonly containers: readonly ContainerShape[] } };
}

interface ContainerShape {
  readonly securityContext: { readonly capabilities: object };
}

/** Which rights the containers get: more on older kernels. */
const words = (olderKernels: boolean) =>
  capabilitiesFor(olderKernels)
    .map((name) => `"${name}"`)
    .join(" ");
const capabilities = `(ternary (list ${words(true)}) (list ${words(false)}) .Values.olderKernels)`;

/** A DaemonSet with the knobs that only the chart has. */
function withKnobs(set: Manifest, app: "gateway" | "routeagent"): Manifest {
  const spec = set["spec"] as DaemonSetShape;
  const pod = spec.template.spec;
  const containers = pod.containers.map((container) => ({
    ...container,
    imagePullPolicy: text(".Values.image.pullPolicy"),
    resources: block(`.Values.${app}.resources`, 12),
    securityContext: {
      ...container.securityContext,
      capabilities: { ...container.securityContext.capabilities, add: block(capabilities, 16) },
    },
  }));
  const knobs = {
    priorityClassName: text(".Values.priorityClassName"),
    tolerations: block(".Values.tolerations", 8),
    containers,
  };
  return { ...set, spec: { ...spec, template: { ...spec.template, spec: { ...pod, ...knobs } } } };
}

/** The Submariner object names no overrides: the chart's image is one for all. */
function submariner(): Manifest {
  return submarinerObject({ ...settings, imageOverrides: {} });
}

/** Templates by file name, made from the very functions that `strait join` applies. */
export function chartTemplates(): Readonly<Record<string, string>> {
  return {
    "accounts.yaml": template(accounts(settings.namespace)),
    "gateway.yaml": template([withKnobs(gatewayDaemonSet(settings), "gateway")]),
    "routeagent.yaml": template([withKnobs(routeAgentDaemonSet(settings), "routeagent")]),
    "submariner.yaml": template([submariner()]),
  };
}
