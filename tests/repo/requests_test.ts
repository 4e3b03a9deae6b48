// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { RESOURCES } from "@strait/manifests";
import results from "../bench/results/resources.json";

/** "25m", "1" or "96Mi" as mCPU or MiB. */
function amount(quantity: string): number {
  const [, number, unit] = /^(\d+)(m|Mi)$/.exec(quantity) ?? [];
  if (number === undefined || unit === undefined) throw new TypeError(`${quantity}: say it in m or Mi`);
  return Number(number);
}

function measured(name: string): number {
  const found = results.figures.find((figure) => figure.name === name);
  if (found === undefined) throw new RangeError(`tests/bench/results/resources.json has no figure "${name}"`);
  return found.value;
}

/** What a container is promised is what it takes while pods come and go, and at most twice that. */
function isFitting(request: string, taken: number): boolean {
  return amount(request) >= taken && amount(request) <= 2 * taken;
}

for (const app of ["gateway", "routeagent"] as const) {
  test(`the DaemonSet of the ${app} asks for what bench resources measured`, () => {
    const { cpu, memory } = RESOURCES[app].requests;
    const taken = (what: string): number => measured(`${app}: while pods come and go, ${what}, p50`);
    expect({ cpu, taken: taken("CPU"), fits: isFitting(cpu, taken("CPU")) }).toMatchObject({ fits: true });
    expect({ memory, taken: taken("resident memory"), fits: isFitting(memory, taken("resident memory")) }).toMatchObject({
      fits: true,
    });
  });
}

test("the chart's values ask for what the manifests ask for", async () => {
  const values: unknown = Bun.YAML.parse(await Bun.file("deploy/helm/strait/values.yaml").text());
  const { gateway, routeagent } = RESOURCES;
  expect(values).toMatchObject({ gateway: { resources: gateway }, routeagent: { resources: routeagent } });
});

test("a request that is too small or too large is found", () => {
  expect(isFitting("20m", 15)).toBe(true);
  expect(isFitting("20m", 21)).toBe(false);
  expect(isFitting("50m", 20)).toBe(false);
  expect(() => amount("0.1")).toThrow("say it in m or Mi");
});
