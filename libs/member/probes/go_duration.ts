// SPDX-License-Identifier: Apache-2.0

/**
 * Writes a time as Go does (time.Duration.String), because readers of a Gateway parse it so: the largest unit that fits below a
 * second, hours, minutes and seconds above, no trailing zeros.
 *
 * @param milliseconds zero or more; rounded to whole nanoseconds
 * @example
 * goDuration(1.2) // "1.2ms"
 * goDuration(90_000) // "1m30s"
 */
export function goDuration(milliseconds: number): string {
  const nanoseconds = Math.round(milliseconds * 1e6);
  if (nanoseconds === 0) return "0s";
  if (nanoseconds < 1e3) return `${nanoseconds}ns`;
  if (nanoseconds < 1e6) return `${decimal(nanoseconds, 3)}µs`;
  if (nanoseconds < 1e9) return `${decimal(nanoseconds, 6)}ms`;
  const minutes = Math.floor(nanoseconds / 60e9);
  const seconds = `${decimal(nanoseconds - minutes * 60e9, 9)}s`;
  if (minutes === 0) return seconds;
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}

/** A whole number of 10^-digits as a decimal fraction, exactly. */
function decimal(value: number, digits: number): string {
  const text = String(value).padStart(digits + 1, "0");
  const fraction = text.slice(-digits).replace(/0+$/, "");
  return fraction === "" ? text.slice(0, -digits) : `${text.slice(0, -digits)}.${fraction}`;
}
