#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# First program of the guest: load the drivers, mount the root disk, unpack the working tree, go there.
/bin/busybox --install -s /bin
mount -t devtmpfs none /dev
mount -t proc none /proc
mount -t sysfs none /sys
for module in /modules/*.ko; do
	insmod "$module" || echo "strait-vm: cannot load $module"
done
mount -t ext4 -o rw,noatime /dev/vda /system || { echo "strait-vm: cannot mount the root disk"; exec poweroff -f; }
tar -x -f /dev/vdb -C /system/strait || { echo "strait-vm: cannot unpack the working tree"; exec poweroff -f; }
mount --move /dev /system/dev
mount --move /proc /system/proc
mount --move /sys /system/sys
exec switch_root /system /init
