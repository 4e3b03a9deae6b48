// SPDX-License-Identifier: Apache-2.0
/** Our election against client-go's own: a kube-controller-manager stands in it as the other candidate. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync } from "node:fs";
import { ApiClient, LeaderElector, LeaseKind, loadKubeConfig } from "@strait/k8s";
import { type ControlPlane, ensureKube } from "@strait/lab";
import { unique } from "./support/objects.ts";
import { sharedPlane } from "./support/plane.ts";
import { waitFor } from "./support/wait_for.ts";

const NAMESPACE = "kube-system";

describe("an election with client-go in it", () => {
  let plane: ControlPlane;
  let client: ApiClient;
  const name = unique("election");
  const ending: (() => Promise<unknown> | unknown)[] = [];

  beforeAll(async () => {
    plane = await sharedPlane();
    client = new ApiClient(await loadKubeConfig({ path: plane.kubeconfig }));
  }, 120_000);
  afterAll(async () => {
    for (const end of ending.reverse()) await end();
  });

  const lease = async () => (await client.resource(LeaseKind).get(name, { namespace: NAMESPACE }))?.spec;

  function ours() {
    const elector = new LeaderElector({
      client,
      namespace: NAMESPACE,
      name,
      identity: "strait",
      leaseMs: 3000,
      renewMs: 2000,
      retryMs: 300,
      onChange: () => {},
    });
    elector.start();
    ending.push(() => elector.stop());
    return elector;
  }

  /** Somebody who runs client-go's election and does nothing else. */
  async function theirs() {
    const { controllerManager } = await ensureKube();
    const dir = `${plane.dir}/${unique("candidate")}`;
    mkdirSync(dir);
    const log = Bun.file(`${dir}/log`);
    const child = Bun.spawn(
      [
        controllerManager,
        `--kubeconfig=${plane.kubeconfig}`,
        "--controllers=root-ca-certificate-publisher-controller",
        `--root-ca-file=${plane.dir}/ca.crt`,
        "--secure-port=0",
        "--leader-elect=true",
        "--leader-elect-lease-duration=3s",
        "--leader-elect-renew-deadline=2s",
        "--leader-elect-retry-period=300ms",
        `--leader-elect-resource-name=${name}`,
        `--leader-elect-resource-namespace=${NAMESPACE}`,
      ],
      { cwd: dir, stdout: log, stderr: log },
    );
    ending.push(async () => {
      child.kill("SIGKILL");
      await child.exited;
    });
    return { child, says: () => readFileSync(`${dir}/log`, "utf8") };
  }

  test("passes the lead to and fro: given up, taken over after a kill, and never held by two", async () => {
    const first = ours();
    await waitFor("us to lead", async () => first.leading);
    const other = await theirs();
    await waitFor("client-go to stand for the election", async () => other.says().includes("attempting to acquire leader lease"));
    // Longer than a lease that is not renewed would last.
    const until = performance.now() + 4500;
    await waitFor("time to pass", async () => performance.now() > until);
    expect(first.leading).toBe(true);
    expect(other.says()).not.toContain("successfully acquired lease");

    await first.stop();
    await waitFor("client-go to take what we gave up", async () => other.says().includes("successfully acquired lease"));
    expect(await lease()).toMatchObject({ holderIdentity: expect.not.stringMatching(/^(strait|)$/), leaseTransitions: 1 });

    const second = ours();
    await waitFor("us to see the holder", async () => second.holder !== undefined);
    const held = performance.now() + 4500;
    await waitFor("time to pass", async () => performance.now() > held);
    expect(second.leading).toBe(false);

    const killed = performance.now();
    other.child.kill("SIGKILL");
    await waitFor("us to take over", async () => second.leading);
    expect(performance.now() - killed).toBeGreaterThan(2000);
    expect(await lease()).toMatchObject({ holderIdentity: "strait", leaseTransitions: 2 });
  }, 60_000);
});
