// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { ApiError } from "@strait/k8s";
import { brokerFailure } from "./broker_failure.ts";
import { ownFailure } from "./own_failure.ts";

const failure = (text: string) =>
  new ApiError(`cannot get /version at https://a:6443: ${text}`, { verb: "get", object: "/version", reason: "Certificate" });
const told = (error: unknown): string => (error instanceof Error ? error.message : String(error));

// As libs/k8s/transport_failure.ts says them.
test.each<[text: string, authority: boolean]>([
  ["the server's certificate is not signed by the authority we trust: check the CA data", true],
  ["the server's certificate is signed by itself and we do not trust it: check the CA data", true],
  ["the server's certificate has expired: check the clocks of both machines, and renew the certificate", false],
  ["the server's certificate is not valid yet: check the clocks of both machines", false],
  ["the server's certificate is for another name: use a name it carries, or set tls-server-name", false],
  ["the server's certificate was revoked", false],
])("A join that fails because %s asks for another authority: %p", (text, authority) => {
  const error = failure(text);
  const [own, broker] = [told(ownFailure(error, "east")), told(brokerFailure(error, "https://a:6443"))];
  for (const message of [own, broker])
    expect([message.includes(text), /authority has not signed/.test(message)]).toEqual([true, authority]);
  expect(own).toMatch(/^context "east": .*; nothing was changed$/);
  expect(broker).toStartWith("the broker at https://a:6443: ");
});
