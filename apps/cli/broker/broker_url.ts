// SPDX-License-Identifier: Apache-2.0
import { usage } from "../failure.ts";

/**
 * The address of a broker as a user gives it. Tokens travel to it, so it must be HTTPS.
 *
 * @throws Failure (usage) that names `origin`, for example "--broker-url"
 * @example
 * checkBrokerUrl("https://broker.example.com:6443/", "--broker-url"); // "https://broker.example.com:6443"
 */
export function checkBrokerUrl(url: string, origin: string): string {
  if (!URL.canParse(url) || new URL(url).protocol !== "https:")
    throw usage(`${origin} ${url}: write it like https://broker.example.com:6443`);
  return url.replace(/\/+$/, "");
}
