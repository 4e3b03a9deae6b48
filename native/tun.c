/* SPDX-License-Identifier: Apache-2.0 */
/* tun.c: tun and tap devices, which rtnetlink can list, change and delete but not make. */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Makes a device that stays when nobody has it open, without the packet information header. -EBUSY if the name is taken. */
int strait_tun_create(const char *name, int tap)
{
	struct ifreq request = { .ifr_flags = (short)((tap ? IFF_TAP : IFF_TUN) | IFF_NO_PI | IFF_TUN_EXCL) };
	int fd, err = 0;

	if (strlen(name) >= sizeof(request.ifr_name))
		return -EINVAL;
	strcpy(request.ifr_name, name);
	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (ioctl(fd, TUNSETIFF, &request) || ioctl(fd, TUNSETPERSIST, 1))
		err = -errno;
	close(fd);
	return err;
}
