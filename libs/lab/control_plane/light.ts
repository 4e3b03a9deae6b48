// SPDX-License-Identifier: Apache-2.0
import { Database } from "bun:sqlite";
import { fileURLToPath } from "node:url";
import { hostPort, type Program, type ServerPlace } from "./program.ts";

const MAIN = fileURLToPath(new URL("../../apiserver/main.ts", import.meta.url));

/** The command line of a light control plane: one process, which makes its own certificates and the administrator's kubeconfig. */
export function prepareLight(place: ServerPlace): readonly Program[] {
  const { dir, address, port, names, serviceCidrs, flags } = place;
  return [
    {
      name: "apiserver",
      up: { path: "/readyz" },
      argv: [
        process.execPath,
        "run",
        MAIN,
        "--data",
        `${dir}/data`,
        "--listen",
        hostPort(address, port),
        ...names.flatMap((name) => ["--name", name]),
        ...serviceCidrs.flatMap((cidr) => ["--service-cidr", cidr]),
        "--kubeconfig-out",
        `${dir}/admin.kubeconfig`,
        "--audit-log",
        `${dir}/audit.log`,
        ...flags,
      ],
    },
  ];
}

/** Takes the changes from the store of a light server that does not run, as a long time would; the objects stay. */
export function forgetHistory(dir: string): void {
  const store = new Database(`${dir}/data/objects.sqlite`, { strict: true });
  store.run("DELETE FROM history");
  store.close();
}
