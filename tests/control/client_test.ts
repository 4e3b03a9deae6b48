// SPDX-License-Identifier: Apache-2.0
/** The client library on a whole control plane, which is killed and comes back meanwhile; on the real one the same as on ours. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ApiClient,
  type Change,
  type ConfigMap,
  ConfigMapKind,
  EventKind,
  EventRecorder,
  failedWith,
  Informer,
  type InformerOptions,
  LeaderElector,
  LeaseKind,
  loadKubeConfig,
  mergePatch,
  NamespaceKind,
  NodeKind,
  type ServiceAccount,
  ServiceAccountKind,
  setCondition,
} from "@strait/k8s";
import { TestAuthority } from "@strait/k8s/testing";
import { type ControlPlane, startControlPlane, wantedKind } from "@strait/lab";
import { Log } from "@strait/obs";
import { until } from "./support/until.ts";

const SPACE = "client-test";

describe(`the Kubernetes client on a ${wantedKind()} control plane`, () => {
  let plane: ControlPlane;
  let client: ApiClient;
  const stopping: (() => Promise<void> | void)[] = [];

  beforeAll(async () => {
    plane = await startControlPlane({ kind: wantedKind(), dir: mkdtempSync(join(tmpdir(), "strait-client-")) });
    client = new ApiClient(await loadKubeConfig({ path: plane.kubeconfig }));
    await client.resource(NamespaceKind).create({ metadata: { name: SPACE } });
  }, 120_000);
  afterAll(async () => {
    for (const stop of stopping.reverse()) await stop();
    await plane[Symbol.asyncDispose]();
  });

  const maps = () => client.resource(ConfigMapKind);
  const map = (name: string, data: Record<string, string> = {}): ConfigMap => ({ metadata: { name, namespace: SPACE }, data });
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  /** An informer of the test's ConfigMaps of one label, with what it told and logged. */
  async function follow(label: string, options: InformerOptions = {}) {
    const lines: string[] = [];
    const log = new Log({ write: (line) => lines.push(line) });
    const informer = new Informer(maps(), { namespace: SPACE, labelSelector: `test=${label}`, log, ...options });
    const told: string[] = [];
    informer.onChange((changes: readonly Change<ConfigMap>[]) => {
      for (const { type, object } of changes) told.push(`${type} ${object.metadata.name} ${object.data?.["v"] ?? ""}`.trim());
    });
    informer.start();
    stopping.push(() => informer.stop());
    await informer.synced(AbortSignal.timeout(20_000));
    return { informer, told, lines };
  }
  const labelled = (label: string, name: string, v: string): ConfigMap => ({
    ...map(name, { v }),
    metadata: { name, namespace: SPACE, labels: { test: label } },
  });

  test("tells the server's version", async () => {
    expect((await client.version()).gitVersion).toMatch(/^v1\.\d+/);
  });

  test("creates, replaces, patches and deletes, and names each refusal by Kubernetes' reason", async () => {
    const created = await maps().create(map("crud", { a: "1" }));
    expect(failedWith(await failure(maps().create(map("crud"))), "AlreadyExists")).toBe(true);
    const replaced = await maps().replace({ ...created, data: { a: "2" } });
    expect(failedWith(await failure(maps().replace({ ...created, data: {} })), "Conflict")).toBe(true);
    const patch = mergePatch(replaced, { ...replaced, data: { b: "3" } }) ?? {};
    const patched = await maps().patch("crud", patch, { type: "merge", namespace: SPACE });
    expect(patched.data).toEqual({ b: "3" });
    expect(failedWith(await failure(maps().delete("crud", { namespace: SPACE, uid: "other" })), "Conflict")).toBe(true);
    expect(await maps().delete("crud", { namespace: SPACE, uid: created.metadata.uid })).toBe(true);
    expect(await maps().get("crud", { namespace: SPACE })).toBeUndefined();
    expect(await maps().delete("crud", { namespace: SPACE })).toBe(false);
    const nowhere = await failure(maps().create({ metadata: { name: "a", namespace: "no-such-namespace" } }));
    expect(failedWith(nowhere, "NotFound")).toBe(true);
    const invalid = await failure(maps().create(map("Not_A_Name")));
    expect(invalid).toMatchObject({ status: 422, reason: "Invalid", causes: [{ field: "metadata.name" }] });
  });

  test("applies on the server: what is not given any more goes, what others own is refused or taken", async () => {
    await maps().apply(map("applied", { a: "1", b: "1" }), { fieldManager: "one" });
    const less = await maps().apply(map("applied", { a: "2" }), { fieldManager: "one" });
    expect(less.data).toEqual({ a: "2" });
    const refused = await failure(maps().apply(map("applied", { a: "3" }), { fieldManager: "two" }));
    expect(refused).toMatchObject({ status: 409, reason: "Conflict" });
    expect((refused as Error).message).toContain("one");
    expect((await maps().apply(map("applied", { a: "3" }), { fieldManager: "two", force: true })).data).toEqual({ a: "3" });
  });

  test("writes a status and its conditions apart from the rest", async () => {
    const nodes = client.resource(NodeKind);
    const node = await nodes.create({ metadata: { name: "client-test-node" } });
    const condition = { type: "Ready", status: "True", reason: "Test", message: "It is ready." } as const;
    const conditions = [...setCondition(node.status?.conditions, condition, Date.now())].map((one) => ({ ...one }));
    const written = await nodes.replaceStatus({ ...node, status: { ...node.status, conditions } });
    expect(written.status?.conditions?.find(({ type }) => type === "Ready")).toMatchObject(condition);
    await nodes.delete("client-test-node");
  });

  test("refuses an object of more than a mebibyte with the server's word", async () => {
    const error = await failure(maps().create(map("large", { x: "x".repeat(1_200_000) })));
    expect(error).toMatchObject({ reason: expect.stringMatching(/Invalid|RequestEntityTooLarge/) });
  });

  test("lists in pages what it would list at once", async () => {
    for (let n = 0; n < 25; n++) await maps().create(labelled("pages", `page-${n}`, "1"));
    const selection = { namespace: SPACE, labelSelector: "test=pages" };
    const paged = await maps().list({ ...selection, limit: 10 });
    const whole = await maps().list({ ...selection, limit: 500 });
    expect(paged.items).toHaveLength(25);
    expect(paged.items).toEqual(whole.items);
  });

  test("is told who it is not: another authority, no credentials, no rights", async () => {
    const good = client.connection;
    const stranger = new ApiClient({ ...good, tls: { ...good.tls, ca: TestAuthority.make().ca } });
    expect(failedWith(await failure(stranger.version()), "UnknownAuthority")).toBe(true);
    const wrong = new ApiClient({ ...good, tls: { ca: good.tls.ca }, token: async () => "wrong" });
    expect(await failure(wrong.resource(ConfigMapKind).list())).toMatchObject({ status: 401, reason: "Unauthorized" });
    await client.resource<ServiceAccount>(ServiceAccountKind).create({ metadata: { name: "nobody", namespace: SPACE } });
    const path = `/api/v1/namespaces/${SPACE}/serviceaccounts/nobody/token`;
    const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
    const { status } = (await client.request({ method: "POST", path, body })) as { status: { token: string } };
    const nobody = new ApiClient({ ...good, tls: { ca: good.tls.ca }, token: async () => status.token });
    const denied = await failure(nobody.resource(ConfigMapKind).list({ namespace: SPACE }));
    expect(denied).toMatchObject({ status: 403, reason: "Forbidden" });
    expect((denied as Error).message).toContain(`system:serviceaccount:${SPACE}:nobody`);
  });

  test("follows what others write, in order, and resumes watches that end", async () => {
    const { informer, told, lines } = await follow("follow", { silentAfterMs: 4000 });
    await maps().create(labelled("follow", "a", "1"));
    await maps().apply(labelled("follow", "a", "2"), { fieldManager: "t", force: true });
    await until("two changes", async () => told.length === 2);
    // Longer than one watch lasts with this little patience.
    const end = Date.now() + 8000;
    for (let n = 3; Date.now() < end; n++) {
      await maps().apply(labelled("follow", "a", String(n)), { fieldManager: "t", force: true });
      await Bun.sleep(500);
    }
    await maps().delete("a", { namespace: SPACE });
    await until("the deletion", async () => informer.store.size === 0);
    expect(told[0]).toBe("put a 1");
    expect(told.slice(0, -1)).toEqual(Array.from({ length: told.length - 1 }, (_, n) => `put a ${n + 1}`));
    expect(lines).toEqual([]);
  }, 30_000);

  test("stays quiet and follows on where nothing happens for longer than its patience", async () => {
    const { informer, told, lines } = await follow("quiet", { silentAfterMs: 3000 });
    await Bun.sleep(8000);
    expect(lines).toEqual([]);
    expect(informer.state).toEqual({ synced: true });
    await maps().create(labelled("quiet", "late", "1"));
    await until("the object", async () => told.length === 1);
  }, 30_000);

  test("keeps what it knows while the server is killed, and goes on without telling anything twice", async () => {
    const { informer, told, lines } = await follow("killed");
    await maps().create(labelled("killed", "kept", "1"));
    await maps().create(labelled("killed", "changed", "1"));
    await until("both", async () => told.length === 2);
    await plane.kill();
    await until("a reason", async () => informer.state.reason !== undefined);
    expect(informer.store.size).toBe(2);
    await plane.start();
    await maps().apply(labelled("killed", "changed", "2"), { fieldManager: "t", force: true });
    await until("the change", async () => told.length === 3, 40_000);
    expect(told.slice(2)).toEqual(["put changed 2"]);
    await until("the state", async () => informer.state.reason === undefined);
    expect(lines.length).toBeLessThanOrEqual(5);
    expect(lines.at(-1)).toContain("following again");
  }, 120_000);

  test("elects one leader and passes the lead on when it is given up", async () => {
    const elect = (identity: string) => {
      const elector = new LeaderElector({
        client,
        namespace: SPACE,
        name: "lead",
        identity,
        leaseMs: 3000,
        renewMs: 2000,
        retryMs: 300,
        onChange: () => {},
      });
      elector.start();
      stopping.push(() => elector.stop());
      return elector;
    };
    const a = elect("a");
    await until("a leads", async () => a.leading);
    const b = elect("b");
    await until("b knows", async () => b.holder === "a");
    await Bun.sleep(1500);
    expect([a.leading, b.leading]).toEqual([true, false]);
    await a.stop();
    const released = (await client.resource(LeaseKind).get("lead", { namespace: SPACE }))?.spec;
    expect(["", "b", undefined]).toContain(released?.holderIdentity);
    await until("b leads", async () => b.leading);
    expect((await client.resource(LeaseKind).get("lead", { namespace: SPACE }))?.spec).toMatchObject({
      holderIdentity: "b",
      leaseTransitions: 1,
    });
  }, 30_000);

  test("records events that the server takes", async () => {
    const about = await maps().create(map("eventful"));
    const recorder = new EventRecorder({ client, component: "client-test" });
    recorder.record(about, { type: "Warning", reason: "Test", message: "Something happened." });
    await recorder.flush();
    recorder.record(about, { type: "Warning", reason: "Test", message: "Something happened." });
    await recorder.flush();
    const { items } = await client.resource(EventKind).list({ namespace: SPACE });
    const mine = items.filter(({ involvedObject }) => involvedObject.uid === about.metadata.uid);
    expect(mine).toHaveLength(1);
    expect(mine[0]).toMatchObject({ count: 2, involvedObject: { kind: "ConfigMap" }, message: "Something happened." });
  });
});
