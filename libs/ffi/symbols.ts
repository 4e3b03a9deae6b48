// SPDX-License-Identifier: Apache-2.0
import { dlopen } from "bun:ffi";
import { existsSync } from "node:fs";
import { shimPath } from "./shim_path.ts";

// Declarations only; native/*.c says what each does. Buffers go as `buffer`, never as `ptr(view)`: the collector may move a
// small array between ptr() and the call (oven-sh/bun#32054). Handles are u64, so that no address is rounded.
const table = {
  strait_log_size: { args: [], returns: "u32" },
  strait_log_take: { args: ["buffer", "u32"], returns: "u32" },

  strait_object_open: { args: ["buffer", "u32", "buffer", "buffer"], returns: "i32" },
  strait_object_close: { args: ["u64"], returns: "void" },
  strait_object_programs: { args: ["u64", "buffer", "u32"], returns: "i32" },
  strait_object_maps: { args: ["u64", "buffer", "u32", "i32"], returns: "i32" },
  strait_object_config: { args: ["u64", "buffer", "buffer"], returns: "i32" },
  strait_object_configure: { args: ["u64", "u32", "buffer", "u32"], returns: "i32" },
  strait_object_set_max_entries: { args: ["u64", "buffer", "u32"], returns: "i32" },
  strait_object_set_pin: { args: ["u64", "buffer", "buffer"], returns: "i32" },
  strait_object_set_autoload: { args: ["u64", "buffer", "i32"], returns: "i32" },
  strait_object_map_shape: { args: ["u64", "buffer", "buffer"], returns: "i32" },
  strait_object_reuse: { args: ["u64", "buffer", "i32"], returns: "i32" },
  strait_object_load: { args: ["u64"], returns: "i32" },
  strait_object_program_fd: { args: ["u64", "buffer"], returns: "i32" },
  strait_object_map_fd: { args: ["u64", "buffer"], returns: "i32" },

  strait_map_info: { args: ["i32", "buffer"], returns: "i32" },
  strait_map_by_id: { args: ["u32"], returns: "i32" },
  strait_cpus: { args: [], returns: "i32" },
  strait_map_lookup: { args: ["i32", "buffer", "buffer"], returns: "i32" },
  strait_map_update: { args: ["i32", "buffer", "buffer", "u64"], returns: "i32" },
  strait_map_delete: { args: ["i32", "buffer"], returns: "i32" },
  strait_map_update_many: { args: ["i32", "buffer", "buffer", "u32", "u32", "u32"], returns: "i32" },
  strait_map_delete_many: { args: ["i32", "buffer", "u32", "u32"], returns: "i32" },
  strait_map_scan: { args: ["i32", "buffer", "i32", "buffer", "buffer", "u32", "u32", "u32", "buffer"], returns: "i32" },
  strait_map_scan_batch: { args: ["i32", "buffer", "i32", "buffer", "buffer", "u32", "buffer"], returns: "i32" },
  strait_pin: { args: ["i32", "buffer"], returns: "i32" },
  strait_open_pinned: { args: ["buffer"], returns: "i32" },

  strait_program_info: { args: ["i32", "buffer", "buffer", "u32"], returns: "i32" },
  strait_program_by_id: { args: ["u32"], returns: "i32" },
  strait_program_test_run: {
    args: ["i32", "buffer", "buffer", "buffer", "buffer", "buffer", "u32", "buffer"],
    returns: "i32",
  },

  strait_link_info: { args: ["i32", "buffer"], returns: "i32" },
  strait_link_update: { args: ["i32", "i32"], returns: "i32" },
  strait_link_detach: { args: ["i32"], returns: "i32" },

  strait_tcx_supported: { args: [], returns: "i32" },
  strait_tcx_attach: { args: ["i32", "i32", "i32"], returns: "i32" },
  strait_tcx_query: { args: ["i32", "i32", "buffer", "u32"], returns: "i32" },
  strait_clsact_attach: { args: ["i32", "i32", "i32"], returns: "i32" },
  strait_clsact_detach: { args: ["i32", "i32"], returns: "i32" },
  strait_clsact_query: { args: ["i32", "i32", "buffer"], returns: "i32" },

  strait_ring_open: { args: ["i32", "buffer"], returns: "i32" },
  strait_ring_close: { args: ["u64"], returns: "void" },
  strait_ring_drain: { args: ["u64"], returns: "i32" },
  strait_ring_take: { args: ["u64", "buffer", "u32"], returns: "void" },

  strait_netlink_open: { args: ["i32", "buffer", "u32"], returns: "i32" },
  strait_netlink_port: { args: ["i32", "buffer"], returns: "i32" },
  strait_netlink_send: { args: ["i32", "buffer", "u32"], returns: "i32" },
  strait_netlink_receive: { args: ["i32", "buffer", "u32", "i32"], returns: "i32" },

  strait_icmp_open: { args: ["i32"], returns: "i32" },
  strait_icmp_send: { args: ["i32", "i32", "buffer", "buffer", "i32", "buffer", "u32"], returns: "i32" },

  strait_ethtool_names: { args: ["buffer", "buffer", "u32"], returns: "i32" },
  strait_ethtool_features: { args: ["buffer", "buffer", "u32"], returns: "i32" },
  strait_ethtool_set_features: { args: ["buffer", "buffer", "u32"], returns: "i32" },

  strait_duplicate: { args: ["i32"], returns: "i32" },
  strait_tun_create: { args: ["buffer", "i32"], returns: "i32" },

  strait_close: { args: ["i32"], returns: "i32" },
  strait_is_bpffs: { args: ["buffer"], returns: "i32" },
  strait_lock: { args: ["buffer", "i32"], returns: "i32" },
} as const;

type Shim = ReturnType<typeof dlopen<typeof table>>["symbols"];

let loaded: Shim | undefined;

/**
 * The shim's functions; the library is opened on first use, so importing this package needs no compiled shim.
 * With `STRAIT_FFI_DEBUG` set, every call and its result goes to stderr.
 */
export function shim(): Shim {
  loaded ??= open();
  return loaded;
}

function open(): Shim {
  const path = shimPath();
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`./justw build\``);
  const { symbols } = dlopen(path, table);
  return process.env["STRAIT_FFI_DEBUG"] ? traced(symbols) : symbols;
}

function traced(symbols: Shim): Shim {
  return Object.fromEntries(
    Object.entries(symbols).map(([name, call]) => [
      name,
      (...args: unknown[]) => {
        const result = (call as (...args: unknown[]) => unknown)(...args);
        const shown = args.map((arg) => (ArrayBuffer.isView(arg) ? `[${arg.byteLength}]` : String(arg)));
        process.stderr.write(`ffi ${name}(${shown.join(", ")}) = ${String(result)}\n`);
        return result;
      },
    ]),
  ) as unknown as Shim;
}
