/* SPDX-License-Identifier: Apache-2.0 */
/* shim.h: the flat C face of libbpf and of a few system calls that libs/ffi calls through bun:ffi.
 *
 * Why it exists: JavaScript cannot read errno (the runtime may clobber it between two calls) and should not know the
 * layout of libbpf's option structs. So every function here
 *  - returns 0, a count or a file descriptor, or -errno;
 *  - takes only integers, byte buffers with their length, NUL-terminated strings and opaque handles;
 *  - copies what it keeps: a buffer belongs to the caller again as soon as the function has returned.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Starts collecting what libbpf says (the verifier's log included); what was collected before is dropped. */
void strait_log_begin(void);

/* 0 if a descriptor is of this kind ("bpf-map", "bpf-prog", "bpf_link"), else -EINVAL. The kernel's info call serves any kind
 * and would have us read the one's fields as the other's.
 */
int strait_require(int fd, const char *kind);
