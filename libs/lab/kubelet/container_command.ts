// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from "node:url";
import { ok, type Result, refuse } from "@strait/model";
import { expand } from "./container_env.ts";
import type { ContainerSpec } from "./pod_types.ts";

const CLI = fileURLToPath(new URL("../../../apps/cli/main.ts", import.meta.url));

/**
 * What a container runs. The lab has no images: the command must be named, and is one of this machine; `strait` is this
 * repository's. Capabilities are taken away as the container's securityContext says, unless it is privileged.
 *
 * @example
 * containerCommand({ name: "c", command: ["sleep"], args: ["$(SECONDS)"] }, { SECONDS: "9" }); // { ok: true, value: ["sleep", "9"] }
 */
export function containerCommand(container: ContainerSpec, env: Readonly<Record<string, string>>): Result<readonly string[]> {
  const words = [...(container.command ?? []), ...(container.args ?? [])].map((word) => expand(word, env));
  const [first] = words;
  if (first === undefined || container.command === undefined) {
    return refuse(`container ${container.name} names no command, and the lab has no image to take one from`);
  }
  const argv = first === "strait" ? [process.execPath, "run", CLI, ...words.slice(1)] : words;
  return ok([...limits(container), ...argv]);
}

/** True for a container that runs this repository's `strait`, with the name of the app or command. */
export function straitCommand(container: ContainerSpec): string | undefined {
  return container.command?.[0] === "strait" ? (container.command[1] ?? "") : undefined;
}

function limits({ securityContext }: ContainerSpec): string[] {
  const { add = [], drop = [] } = securityContext?.capabilities ?? {};
  if (securityContext?.privileged || !drop.includes("ALL")) return [];
  const kept = add.map((name) => `+${name.replace(/^CAP_/, "").toLowerCase()}`);
  return ["setpriv", `--bounding-set=${["-all", ...kept].join(",")}`];
}
