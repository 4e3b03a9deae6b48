// SPDX-License-Identifier: Apache-2.0

/** Puts a command into the rights of a container that has these capabilities and no other, as root of its own. */
export function withCapabilities(names: readonly string[]): string[] {
  const set = ["-all", ...names.map((name) => `+${name.toLowerCase()}`)].join(",");
  return ["setpriv", `--bounding-set=${set}`, "--inh-caps=-all", "--ambient-caps=-all"];
}
