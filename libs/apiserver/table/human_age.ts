// SPDX-License-Identifier: Apache-2.0
import type { Json } from "../patch/json.ts";

const [SECOND, MINUTE, HOUR, DAY] = [1, 60, 3600, 86_400];

/** A duration as `kubectl get` shows it: at most two units, fewer the longer it is. Example: `humanDuration(3 * 60 + 5)` is "3m5s". */
export function humanDuration(seconds: number): string {
  const whole = Math.trunc(seconds);
  if (whole < -1) return "<invalid>";
  if (whole < 0) return "0s";
  if (whole < 2 * MINUTE) return `${whole}s`;
  const two = (big: number, unit: string, small: number, rest: string) => {
    const left = Math.trunc((whole % big) / small);
    return `${Math.trunc(whole / big)}${unit}${left === 0 ? "" : `${left}${rest}`}`;
  };
  if (whole < 10 * MINUTE) return two(MINUTE, "m", SECOND, "s");
  if (whole < 3 * HOUR) return `${Math.trunc(whole / MINUTE)}m`;
  if (whole < 8 * HOUR) return two(HOUR, "h", MINUTE, "m");
  if (whole < 2 * DAY) return `${Math.trunc(whole / HOUR)}h`;
  if (whole < 8 * DAY) return two(DAY, "d", HOUR, "h");
  if (whole < 2 * 365 * DAY) return `${Math.trunc(whole / DAY)}d`;
  return whole < 8 * 365 * DAY ? two(365 * DAY, "y", DAY, "d") : `${Math.trunc(whole / (365 * DAY))}y`;
}

/** How long ago a time was: "5m", or "<unknown>" where there is none. */
export function humanAge(time: Json | undefined, now: Date): string {
  const at = typeof time === "string" ? Date.parse(time) : Number.NaN;
  return Number.isNaN(at) ? "<unknown>" : humanDuration((now.getTime() - at) / 1000);
}
