// SPDX-License-Identifier: Apache-2.0
declare const brand: unique symbol;

/**
 * A value of `Base` that was checked to be a `Name`, so that a plain number or string cannot stand in for it.
 *
 * @example
 * type Metre = Brand<number, "Metre">;
 */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
