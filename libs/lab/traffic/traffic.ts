// SPDX-License-Identifier: Apache-2.0
import type { Place } from "../place.ts";
import { TrafficDriver } from "./driver.ts";
import * as probes from "./probes.ts";

/** The traffic programs of a lab, one per place, each started on first use. */
export class Traffic {
  readonly #drivers = new Map<string, Promise<TrafficDriver>>();

  /** The program of a place. */
  driver(place: Place): Promise<TrafficDriver> {
    const present = this.#drivers.get(place.ns.name);
    if (present !== undefined) return present;
    const started = TrafficDriver.start(place);
    this.#drivers.set(place.ns.name, started);
    return started;
  }

  /** A TCP stream from one place to another, compared by SHA-256. */
  async tcp(from: Place, to: Place, options?: probes.TcpOptions): Promise<probes.TcpResult> {
    return probes.tcp(await this.#both(from, to), to, options);
  }

  /** A datagram from one place to another and back. */
  async udp(from: Place, to: Place, options?: probes.UdpOptions): Promise<probes.UdpResult> {
    return probes.udp(await this.#both(from, to), to, options);
  }

  /** A steady stream of datagrams from one place to another, until stopped. */
  async flow(from: Place, to: Place, options?: probes.FlowOptions): Promise<probes.Flow> {
    return probes.Flow.start(await this.#both(from, to), to, options);
  }

  /** Ends all programs; the next probe starts new ones. */
  async end(): Promise<void> {
    const drivers = [...this.#drivers.values()];
    this.#drivers.clear();
    for (const driver of await Promise.allSettled(drivers)) if (driver.status === "fulfilled") driver.value.close();
  }

  /** The sender's program, with the receiver's up too. */
  async #both(from: Place, to: Place): Promise<TrafficDriver> {
    const [driver] = await Promise.all([this.driver(from), this.driver(to)]);
    return driver;
  }
}
