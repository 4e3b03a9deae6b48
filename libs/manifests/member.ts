// SPDX-License-Identifier: Apache-2.0
import type { Manifest } from "@strait/k8s";
import { gatewayDaemonSet, routeAgentDaemonSet } from "./apps.ts";
import type { JoinSettings } from "./join_settings.ts";
import { namespaceObject } from "./namespace.ts";
import { accounts } from "./rbac.ts";
import { brokerSecret } from "./secrets.ts";
import { submarinerObject } from "./submariner.ts";

/** What a cluster gets that joins with these settings and the token of its account on the broker, in an order in which it can be applied. */
export function memberManifests(settings: JoinSettings, token: string): Manifest[] {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  return [
    namespaceObject(settings.namespace),
    ...accounts(settings.namespace),
    brokerSecret({ token: base64(token), namespace: base64(settings.broker.namespace) }, settings.namespace),
    submarinerObject(settings),
    routeAgentDaemonSet(settings),
    gatewayDaemonSet(settings),
  ];
}
