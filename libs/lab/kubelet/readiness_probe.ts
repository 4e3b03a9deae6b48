// SPDX-License-Identifier: Apache-2.0
import { connect } from "node:net";
import { output } from "../command.ts";
import type { Probe } from "./pod_types.ts";

/** Where a probe looks. */
export interface ProbeTarget {
  /** Path of the pod's network namespace. */
  readonly netns: string;
  /** The pod's first address. */
  readonly address: string;
}

/**
 * Asks a container again and again whether it is ready, and tells when the answer changes. Commands run in the pod's network
 * namespace; connections are made from the node's, as a kubelet's are.
 *
 * @example
 * const probe = new ReadinessProbe(container.readinessProbe, target, () => worker.kick());
 * probe.ready; // false until the first yes
 */
export class ReadinessProbe {
  readonly #probe: Probe;
  readonly #target: ProbeTarget;
  readonly #onChange: () => void;
  #timer: Timer;
  #ready = false;
  #closed = false;

  constructor(probe: Probe, target: ProbeTarget, onChange: () => void) {
    this.#probe = probe;
    this.#target = target;
    this.#onChange = onChange;
    this.#timer = setTimeout(() => this.#ask(), (probe.initialDelaySeconds ?? 0) * 1000);
  }

  get ready(): boolean {
    return this.#ready;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    const timeout = AbortSignal.timeout((this.#probe.timeoutSeconds ?? 1) * 1000);
    const ready = await look(this.#probe, this.#target, timeout).catch(() => false);
    if (this.#closed) return;
    const changed = ready !== this.#ready;
    this.#ready = ready;
    if (changed) this.#onChange();
    // A container that just started is asked often, so that nobody waits for the rest of a period.
    const period = (this.#probe.periodSeconds ?? 10) * 1000;
    this.#timer = setTimeout(() => this.#ask(), ready ? period : Math.min(period, 200));
  }
}

async function look({ exec, tcpSocket, httpGet }: Probe, { netns, address }: ProbeTarget, signal: AbortSignal): Promise<boolean> {
  if (exec) return (await output(["nsenter", `--net=${netns}`, ...exec.command], { signal })).code === 0;
  if (tcpSocket) return connects(tcpSocket.host ?? address, tcpSocket.port, signal);
  if (httpGet) {
    const host = httpGet.host ?? address;
    const authority = host.includes(":") ? `[${host}]` : host;
    const scheme = (httpGet.scheme ?? "HTTP").toLowerCase();
    const url = `${scheme}://${authority}:${httpGet.port}${httpGet.path ?? "/"}`;
    const answer = await fetch(url, { signal, tls: { rejectUnauthorized: false }, keepalive: false });
    return answer.status >= 200 && answer.status < 400;
  }
  return true;
}

function connects(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    signal.addEventListener("abort", () => end(false), { once: true });
  });
}
