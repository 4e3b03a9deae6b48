// SPDX-License-Identifier: Apache-2.0
import { EventRecorder, type EventRecorderOptions, GatewayKind } from "@strait/k8s";
import { gatewayName, type Problem } from "@strait/model";

export interface TroubleEventsOptions extends Pick<EventRecorderOptions, "client" | "log" | "timers"> {
  readonly namespace: string;
  readonly nodeName: string;
}

/**
 * Tells what is refused or out of reach where `kubectl describe gateway` shows it: once when it begins, not while it lasts.
 *
 * @example
 * events.tell([{ object: "cluster south", reason: "10.2.128.0/17 overlaps …" }]);
 */
export class TroubleEvents {
  readonly #options: TroubleEventsOptions;
  readonly #events: EventRecorder;
  #told: ReadonlySet<string> = new Set();

  constructor(options: TroubleEventsOptions) {
    this.#options = options;
    const { client, nodeName, log, timers } = options;
    this.#events = new EventRecorder({ client, component: "strait-gateway", host: nodeName, log, timers });
  }

  /** All that is wrong now. */
  tell(problems: readonly Problem[]): void {
    const { namespace, nodeName } = this.#options;
    const metadata = { name: gatewayName(nodeName), namespace };
    const gateway = { apiVersion: `${GatewayKind.group}/${GatewayKind.version}`, kind: GatewayKind.kind, metadata };
    const now = new Set<string>();
    for (const { object, reason } of problems) {
      const message = `${object}: ${reason}`;
      now.add(message);
      const kind = object === "broker" ? "BrokerUnavailable" : "Refused";
      if (!this.#told.has(message)) this.#events.record(gateway, { type: "Warning", reason: kind, message });
    }
    this.#told = now;
  }
}
