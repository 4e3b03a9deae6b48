// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { address, type GatewayMember, type GatewayPhase } from "@strait/model";
import { gatewayList } from "./gateway_list.ts";
import { LEAVING_MS, LEFT_AT_MOST_MS, LEFT_MS, LeaveClock } from "./leave_clock.ts";

const member = (hostname: string, phase?: GatewayPhase): GatewayMember => {
  const ends = { privateIps: [address("172.31.1.2")], publicIps: [], port: 4500, healthCheckIps: [] };
  return { hostname, ...ends, ...(phase && { phase }) };
};

/** Lists such as "gw1 gw2:leaving", and names of nodes with the label ("gw1"), without ("-gw2"); others are not known. */
function list(
  published: string,
  alive: string,
  nodes: string,
  more: { clock?: LeaveClock; heard?: boolean; othersLeave?: () => boolean; now?: number } = {},
) {
  const members = (text: string) =>
    text.split(" ").flatMap((word) => {
      const [name = "", phase] = word.split(":");
      return name === "" ? [] : [member(name, phase as GatewayPhase | undefined)];
    });
  const known = nodes.split(" ");
  const isGateway = (name: string) => (known.includes(name) ? true : known.includes(`-${name}`) ? false : undefined);
  const { clock = new LeaveClock(), heard = true, othersLeave = () => false, now = 0 } = more;
  return gatewayList({ published: members(published), alive: members(alive), isGateway, heard, othersLeave, clock, now })
    .map(({ hostname, phase }) => (phase ? `${hostname}:${phase}` : hostname))
    .join(" ");
}

describe("The list of gateways", () => {
  test.each<[what: string, published: string, alive: string, nodes: string, wanted: string]>([
    ["is the one gateway of a new cluster", "", "gw1", "gw1", "gw1"],
    ["has one that joins as such", "gw1", "gw1 gw2:joining", "gw1 gw2", "gw1 gw2:joining"],
    ["lets one take part that says no more that it joins", "gw1 gw2:joining", "gw1 gw2", "gw1 gw2", "gw1 gw2"],
    ["lets those that join take part where nobody does or did", "", "gw1:joining", "gw1", "gw1"],
    [
      "lets one that joins wait for its word though the only other one lost the label",
      "gw1",
      "gw2:joining",
      "-gw1 gw2",
      "gw2:joining gw1:leaving",
    ],
    [
      "has one that lost the label as leaving, though it gives signs of life",
      "gw1 gw2",
      "gw1 gw2",
      "gw1 -gw2",
      "gw1 gw2:leaving",
    ],
    ["has a silent one as leaving", "gw1 gw2", "gw1", "gw1 gw2", "gw1 gw2:leaving"],
    ["has one that was deleted with its node as leaving", "gw1 gw2", "gw1", "gw1", "gw1 gw2:leaving"],
    ["takes one back that has the label again", "gw1 gw2:leaving", "gw1 gw2:joining", "gw1 gw2", "gw1 gw2:joining"],
    ["does not begin with one that has no label", "gw1", "gw1 gw2", "gw1 -gw2", "gw1"],
    ["does not judge a node that is not known", "", "gw1", "", "gw1"],
    ["has one as leaving again that has the label and had left", "gw1 gw2:left", "gw1", "gw1 gw2", "gw1 gw2:leaving"],
  ])("%s", (_, published, alive, nodes, wanted) => {
    expect(list(published, alive, nodes)).toBe(wanted);
  });

  type AtSecond = (second: number) => boolean;

  /** What is published of gw2 when each list is published at once, looked at every second; with the seconds. */
  function course(
    published: string,
    nodes: string,
    alive: string,
    seconds: number,
    { heard = () => true, othersLeave = () => false }: { heard?: AtSecond; othersLeave?: AtSecond } = {},
  ) {
    const clock = new LeaveClock();
    const told: [number, string][] = [];
    let now = published;
    for (let second = 0; second <= seconds; second++) {
      const around = { heard: heard(second), othersLeave: () => othersLeave(second) };
      now = list(now, alive, nodes, { clock, ...around, now: second * 1000 });
      if (told.at(-1)?.[1] !== now) told.push([second, now]);
    }
    return told;
  }

  test("lets one go in steps, each after everybody could hear of the one before", () => {
    const [leaving, left] = [LEAVING_MS / 1000, LEFT_MS / 1000];
    expect(course("gw1 gw2", "gw1 -gw2", "gw1", 60)).toEqual([
      [0, "gw1 gw2:leaving"],
      [leaving, "gw1 gw2:left"],
      [leaving + left + 1, "gw1"],
    ]);
  });

  test("keeps one that leaves while the broker is away, from the moment when it is back all the time that others need", () => {
    expect(course("gw1 gw2", "gw1 -gw2", "gw1", 600, { heard: (second) => second > 500 })).toEqual([
      [0, "gw1 gw2:leaving"],
      [500 + LEAVING_MS / 1000, "gw1 gw2:left"],
      [500 + (LEAVING_MS + LEFT_MS) / 1000 + 1, "gw1"],
    ]);
  });

  test("keeps what left while a gateway of another cluster is leaving, and until that one's own cluster steers round it, but not for ever", () => {
    const [leaving, left, most] = [LEAVING_MS / 1000, LEFT_MS / 1000, LEFT_AT_MOST_MS / 1000];
    const until = (end: number) => course("gw1 gw2", "gw1 -gw2", "gw1", 600, { othersLeave: (second) => second < end });
    const gone = (second: number): [number, string][] => [
      [0, "gw1 gw2:leaving"],
      [leaving, "gw1 gw2:left"],
      [second, "gw1"],
    ];
    expect(until(leaving)).toEqual(gone(leaving + left + 1));
    expect(until(leaving + 20)).toEqual(gone(leaving + 19 + left));
    expect(until(600)).toEqual(gone(leaving + 1 + most));
  });

  test.each<[what: string, nodes: string, alive: string, wanted: string]>([
    ["that only lost its app", "gw1 gw2", "gw1", "gw1 gw2:leaving"],
    ["that nobody is there to follow", "gw1 -gw2", "gw1:joining", "gw1:joining gw2:leaving"],
  ])("keeps one for ever %s", (_, nodes, alive, wanted) => {
    expect(course("gw2", nodes, alive, 600).at(-1)?.[1]).toBe(wanted);
  });
});
