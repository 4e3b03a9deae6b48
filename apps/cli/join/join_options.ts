// SPDX-License-Identifier: Apache-2.0
import type { DeliveryChoice } from "@strait/model";
import type { GlobalOptions } from "../global_options.ts";

/** The flags of `strait join`, subctl's names where it has them. */
export interface JoinOptions extends GlobalOptions {
  readonly clusterid?: string;
  readonly servicecidr?: readonly string[];
  readonly clustercidr?: readonly string[];
  readonly repository: string;
  readonly version: string;
  readonly imageOverride: Readonly<Record<string, string>>;
  readonly nattport: number;
  readonly natt: boolean;
  readonly preferredServer: boolean;
  readonly airGapped: boolean;
  readonly loadBalancer: boolean;
  readonly forceUdpEncaps: boolean;
  readonly podDebug: boolean;
  readonly delivery: DeliveryChoice;
  readonly labelGateway: boolean;
  readonly gatewayNode: readonly string[];
  readonly cableDriver: string;
  readonly globalnet: boolean;
  readonly enableClustersetIp: boolean;
  readonly customDomains?: readonly string[];
  readonly healthCheck: boolean;
  readonly healthCheckInterval: number;
  readonly healthCheckMaxPacketLossCount: number;
  readonly ignoreRequirements: boolean;
  readonly checkBrokerCertificate: boolean;
  readonly brokerUrl?: string;
  readonly wait: boolean;
  readonly waitTimeout: number;
  readonly dryRun: boolean;
}
