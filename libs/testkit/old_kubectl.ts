// SPDX-License-Identifier: Apache-2.0

/** Before it kubectl asks for OpenAPI v2 in protobuf alone, and knows neither --subresource nor `create token`: Debian 12's 1.20. */
const OLDEST_MINOR = 27;

/**
 * Why a kubectl cannot do what tests ask of it, or undefined where it can.
 *
 * @param version what `kubectl version --client -o json` prints; that of the program on PATH when absent
 * @example
 * describeIf(requires({ commands: ["kubectl"] }) ?? oldKubectl())("the real kubectl", () => { ... });
 */
export function oldKubectl(version: string = printed()): string | undefined {
  const [, major, minor] = /"major": "(\d+)[\s\S]*"minor": "(\d+)/.exec(version) ?? [];
  if (major === undefined) return "kubectl does not say which version it is";
  return Number(minor) < OLDEST_MINOR ? `kubectl ${major}.${minor} is older than 1.${OLDEST_MINOR}` : undefined;
}

function printed(): string {
  return Bun.spawnSync(["kubectl", "version", "--client", "-o", "json"]).stdout.toString();
}
