/* SPDX-License-Identifier: Apache-2.0 */
/* link.c: BPF links: what holds a program at an interface. */
#include "shim.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>

/* out = { kind of link (11 TCX: enum bpf_link_type), program id, ifindex (0 once the device is gone), attach type }.
 * -EINVAL: no link.
 */
int strait_link_info(int link_fd, uint32_t *out)
{
	/* struct bpf_link_info with the member of TCX that our headers may not have yet. */
	struct {
		uint32_t type, id, prog_id, pad;
		uint32_t ifindex, attach_type;
		char rest[64];
	} info = {};
	uint32_t size = sizeof(info);
	int err = strait_require(link_fd, "bpf_link"); /* what a new link's descriptor is called */

	if (err)
		err = strait_require(link_fd, "bpf-link"); /* and one from a pin */
	if (!err)
		err = bpf_obj_get_info_by_fd(link_fd, &info, &size);
	if (err)
		return err;
	out[0] = info.type;
	out[1] = info.prog_id;
	out[2] = info.ifindex;
	out[3] = info.attach_type;
	return 0;
}

int strait_link_update(int link_fd, int program_fd)
{
	return bpf_link_update(link_fd, program_fd, NULL);
}

int strait_link_detach(int link_fd)
{
	return bpf_link_detach(link_fd);
}
