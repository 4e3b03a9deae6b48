// SPDX-License-Identifier: Apache-2.0
import type { GatewayConnection } from "@strait/k8s";
import { connectionOf, type Member, type Prober, type RemoteLink, type RttSummary, remoteLinks } from "@strait/member";
import type { AppContext } from "@strait/node";
import { elapsed } from "@strait/time";
import { ArrivalWatch, cablesOf } from "./cables.ts";

/** What one connection is, with what metrics need besides. */
export interface ConnectionState {
  readonly link: RemoteLink;
  readonly connection: GatewayConnection;
  readonly rtt: RttSummary | undefined;
  /** When it became connected, in Unix milliseconds; undefined where it is not. */
  readonly establishedAt: number | undefined;
}

export interface ConnectionBookOptions {
  readonly context: Pick<AppContext, "state" | "counters" | "timers">;
  readonly source: Pick<Member["source"], "remoteEndpoints" | "problems">;
  /** Undefined where nothing is probed. */
  readonly prober: Pick<Prober, "report"> | undefined;
}

/** Arrivals count this long on links that are not probed: longer than two reports are apart. */
const ARRIVAL_MS = 10_000;

/**
 * The links to the other clusters as they are now, each judged by its cable and its probe, and since when it is connected.
 *
 * @example
 * new ConnectionBook({ context, source, prober }).list() // [{ link, connection: { status: "connected", … }, … }]
 */
export class ConnectionBook {
  readonly #options: ConnectionBookOptions;
  readonly #arrivals = new ArrivalWatch(ARRIVAL_MS);
  readonly #established = new Map<string, number>();

  constructor(options: ConnectionBookOptions) {
    this.#options = options;
  }

  list(): ConnectionState[] {
    const { context, source, prober } = this.#options;
    const cables = cablesOf(context, source.problems);
    const now = elapsed(context.timers);
    const links = remoteLinks(source.remoteEndpoints);
    const keys = new Set(links.map(({ key }) => key));
    this.#arrivals.keep(keys);
    for (const key of this.#established.keys()) if (!keys.has(key)) this.#established.delete(key);
    return links.map((link) => {
      const { key } = link;
      const probe = prober?.report(key);
      const connection = connectionOf(link, {
        cable: cables.state(key),
        probe,
        unprobed: prober ? "one of both sides has no address to ping" : "SUBMARINER_HEALTHCHECKENABLED is false",
        receiving: probe === undefined && this.#arrivals.receiving(key, cables.traffic(key)?.rxPackets ?? 0n, now),
      });
      if (connection.status !== "connected") this.#established.delete(key);
      else if (!this.#established.has(key)) this.#established.set(key, context.timers.now());
      return { link, connection, rtt: probe?.rtt, establishedAt: this.#established.get(key) };
    });
  }
}
