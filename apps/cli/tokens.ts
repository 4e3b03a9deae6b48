// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, type Secret, SecretKind, tokenSecret } from "@strait/k8s";
import { Failure } from "./failure.ts";
import { waitUntil } from "./wait_until.ts";

/** Waits until the API server has put a token into an account's Secret. */
export async function accountToken(client: ApiClient, namespace: string, account: string, signal: AbortSignal): Promise<Secret> {
  const name = tokenSecret(account);
  const resource = client.resource(SecretKind);
  const secret = await waitUntil(
    async () => {
      const found = await resource.get(name, { namespace, signal });
      return found?.data?.["token"] ? found : undefined;
    },
    { timeoutMs: 30_000, signal },
  );
  if (secret) return secret;
  throw new Failure(
    `Secret ${namespace}/${name} has no token after 30 s: the API server's controller manager fills it in, look whether that runs`,
  );
}
