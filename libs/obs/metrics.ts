// SPDX-License-Identifier: Apache-2.0
import { type Family, renderFamily, type Sample } from "./exposition.ts";

/** Values of a metric's labels by name. */
export type Labels = Readonly<Record<string, string>>;

/** A number that only grows. */
export interface Counter {
  /** Adds `by` (1 when absent). @throws RangeError where `by` is negative or no number. */
  add(labels?: Labels, by?: number | bigint): void;
}

/** A number that goes up and down. */
export interface Gauge {
  set(value: number, labels?: Labels): void;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/**
 * A small Prometheus registry. What the process counts itself is a `counter` or `gauge`; what is counted elsewhere (maps of the
 * kernel) is a `collector`, read at the time of a scrape.
 *
 * @example
 * const metrics = new Metrics();
 * const writes = metrics.counter("strait_apply_writes_total", "Rows written to a map.");
 * writes.add({ map: "hops" }, 3);
 * metrics.render(); // # HELP … # TYPE … strait_apply_writes_total{map="hops"} 3
 */
export class Metrics {
  readonly #families = new Map<string, Family & { readonly samples: () => Iterable<Sample> }>();
  readonly #failures: Counter;

  constructor() {
    this.#failures = this.counter(
      "strait_collect_failures_total",
      "Metrics that could not be read at a scrape and were left out.",
    );
  }

  /** A counter that starts without samples; call `add({}, 0)` for one that must show from the start. */
  counter(name: string, help: string): Counter {
    const values = this.#stored({ name, help, type: "counter" });
    return {
      add(labels = {}, by = 1) {
        if (!(by >= 0)) throw new RangeError(`counter ${name} cannot grow by ${by}`);
        values.update(labels, (old) => old + Number(by));
      },
    };
  }

  gauge(name: string, help: string): Gauge {
    const values = this.#stored({ name, help, type: "gauge" });
    return { set: (value, labels = {}) => values.update(labels, () => value) };
  }

  /** A metric whose samples are asked for at every scrape. Where that throws, this metric alone is left out and counted. */
  collector(family: Family, samples: () => Iterable<Sample>): void {
    if (!NAME.test(family.name)) throw new TypeError(`"${family.name}" is no metric name`);
    if (this.#families.has(family.name)) throw new TypeError(`metric ${family.name} is registered twice`);
    this.#families.set(family.name, { ...family, samples });
  }

  /** Everything in the Prometheus text format 0.0.4. */
  render(): string {
    const parts: string[] = [];
    // The registry's own metric was registered first and is printed last, so that it counts the failures of this scrape.
    const [own, ...others] = this.#families.values();
    for (const family of own ? [...others, own] : others) {
      try {
        parts.push(renderFamily(family, family.samples()));
      } catch {
        this.#failures.add({ metric: family.name });
      }
    }
    return parts.join("");
  }

  #stored(family: Family): { update(labels: Labels, change: (old: number) => number): void } {
    const samples = new Map<string, { labels: Labels; value: number }>();
    this.collector(family, () => samples.values());
    return {
      update(labels, change) {
        const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
        samples.set(key, { labels, value: change(samples.get(key)?.value ?? 0) });
      },
    };
  }
}
