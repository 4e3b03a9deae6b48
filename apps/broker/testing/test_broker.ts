// SPDX-License-Identifier: Apache-2.0
import { BROKER } from "@strait/k8s";
import { Log } from "@strait/obs";
import { type OnRefused, type RunningBroker, startBroker } from "../wire.ts";

/** Starts a broker on a free port of loopback, its data in a folder of the test's. Who starts it stops it. */
export function startTestBroker(data: string, onRefused: OnRefused = () => {}): Promise<RunningBroker> {
  return startBroker(
    {
      data,
      listen: { host: "127.0.0.1", port: 0 },
      names: ["127.0.0.1"],
      namespace: BROKER.namespace,
      status: { kind: "unix", path: `${data}/status.sock` },
      log: "error",
    },
    new Log({ level: "error" }),
    onRefused,
  );
}
