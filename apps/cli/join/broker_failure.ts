// SPDX-License-Identifier: Apache-2.0
import { ApiError } from "@strait/k8s";
import { Failure } from "../failure.ts";

/** What to do about each way in which a broker does not answer. */
const ADVICE: Readonly<Record<string, string>> = {
  Unauthorized:
    "it does not know the join file's token, which has expired or is another broker's: write a new file there with strait recover-broker-info",
  Forbidden:
    "the join file's token may not do that there: write a new file with strait recover-broker-info, or run strait deploy-broker again",
  // The message says it.
  Certificate: "",
  UnknownAuthority:
    "the join file's authority has not signed its certificate: is the file another broker's? Write a new one with strait recover-broker-info",
  Transport: "is it reached from here? Name another address with --broker-url",
  NotKubernetes: "something else answers there: name the broker's address with --broker-url",
};

/** An error of a broker with what to do about it; any other error as it is. */
export function brokerFailure(error: unknown, server: string): unknown {
  if (!(error instanceof ApiError) || ADVICE[error.reason] === undefined) return error;
  const parts = [`the broker at ${server}`, error.message, ADVICE[error.reason]];
  return new Failure(parts.filter((part) => part).join(": "));
}
