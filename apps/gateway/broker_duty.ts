// SPDX-License-Identifier: Apache-2.0
import { ApiClient } from "@strait/k8s";
import { type BrokerAccess, BrokerSync, type Member } from "@strait/member";
import type { ClusterId, Problem } from "@strait/model";
import type { AppContext } from "@strait/node";

/** What the leading gateway does with the broker. */
export interface BrokerDuty {
  /** Begins or ends to exchange objects. What was exchanged stays when it ends. */
  lead(leading: boolean): void;
  /** Whether the broker holds what was published, as far as is known: while it does not, others may not have heard. */
  inStep(): boolean;
  problems(): readonly Problem[];
  status(): unknown;
  stop(): Promise<void>;
}

export interface BrokerDutyOptions {
  readonly context: Pick<AppContext, "log" | "timers">;
  readonly member: Pick<Member, "client">;
  readonly access: BrokerAccess;
  readonly namespace: string;
  readonly clusterId: ClusterId;
  /** Told after what is wrong with the exchange changed. */
  readonly onChange: () => void;
}

/**
 * The exchange with the broker while this gateway leads. Nothing that is wrong with the broker (away, other certificate, expired
 * token, web pages) ends anything else: it is told, and tried again for ever.
 *
 * @example
 * const duty = brokerDuty({ context, member, access, namespace, clusterId, onChange });
 * duty.lead(true);
 */
export function brokerDuty({ context, member, access, namespace, clusterId, onChange }: BrokerDutyOptions): BrokerDuty {
  const { log, timers } = context;
  const broker = new ApiClient(access.connection, { log, timers });
  const brokerNamespace = access.namespace;
  const sync = new BrokerSync({ local: member.client, broker, namespace, brokerNamespace, clusterId, log, timers });
  sync.onState(onChange);
  let leading = false;
  return {
    lead(now) {
      if (now === leading) return;
      leading = now;
      if (now) sync.start();
      else void sync.stop();
    },
    inStep() {
      return leading && sync.published;
    },
    problems() {
      if (!leading) return [];
      const { broker: side, problems } = sync.state;
      return side.connected ? problems : [{ object: "broker", reason: side.reason }, ...problems];
    },
    status() {
      const { broker: side, pending } = sync.state;
      return { server: access.connection.server, namespace: brokerNamespace, exchanging: leading, ...(leading && side), pending };
    },
    async stop() {
      leading = false;
      await sync.stop();
      broker.close();
    },
  };
}
