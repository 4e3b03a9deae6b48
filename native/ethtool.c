/* SPDX-License-Identifier: Apache-2.0 */
/* ethtool.c: offload features of an interface, by the ioctl that every kernel since 2.6.39 has. */
#include "shim.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int ask(const char *interface, void *command)
{
	struct ifreq request = { .ifr_data = command };
	int fd, err;

	if (strlen(interface) >= sizeof(request.ifr_name))
		return -ENODEV;
	strcpy(request.ifr_name, interface);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	err = ioctl(fd, SIOCETHTOOL, &request);
	if (err < 0)
		err = -errno;
	close(fd);
	return err;
}

/* Names of the kernel's features, ETH_GSTRING_LEN (32) bytes each. Returns how many there are. */
int strait_ethtool_names(const char *interface, char *out, uint32_t room)
{
	struct {
		struct ethtool_sset_info info;
		uint32_t count;
	} size = { .info = { .cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ULL << ETH_SS_FEATURES } };
	struct ethtool_gstrings *strings;
	int err = ask(interface, &size);

	if (err < 0)
		return err;
	if (size.count > room / ETH_GSTRING_LEN)
		return -ENOSPC;
	strings = calloc(1, sizeof(*strings) + (size_t)size.count * ETH_GSTRING_LEN);
	if (!strings)
		return -ENOMEM;
	strings->cmd = ETHTOOL_GSTRINGS;
	strings->string_set = ETH_SS_FEATURES;
	strings->len = size.count;
	err = ask(interface, strings);
	if (err >= 0)
		memcpy(out, strings->data, (size_t)strings->len * ETH_GSTRING_LEN);
	err = err < 0 ? err : (int)strings->len;
	free(strings);
	return err;
}

/* State of all features, 32 to a block: { available, requested, active, never_changed } words. Returns 0. */
int strait_ethtool_features(const char *interface, uint32_t *out, uint32_t blocks)
{
	struct ethtool_gfeatures *features = calloc(1, sizeof(*features) + blocks * sizeof(features->features[0]));
	int err;

	if (!features)
		return -ENOMEM;
	features->cmd = ETHTOOL_GFEATURES;
	features->size = blocks;
	err = ask(interface, features);
	if (err >= 0)
		memcpy(out, features->features, blocks * sizeof(features->features[0]));
	free(features);
	return err < 0 ? err : 0;
}

/* Wishes, 32 to a block: { valid, requested } words. Returns 0, or ETHTOOL_F_* bits where the kernel did otherwise. */
int strait_ethtool_set_features(const char *interface, const uint32_t *wishes, uint32_t blocks)
{
	struct ethtool_sfeatures *features = calloc(1, sizeof(*features) + blocks * sizeof(features->features[0]));
	int err;

	if (!features)
		return -ENOMEM;
	features->cmd = ETHTOOL_SFEATURES;
	features->size = blocks;
	memcpy(features->features, wishes, blocks * sizeof(features->features[0]));
	err = ask(interface, features);
	free(features);
	return err;
}
