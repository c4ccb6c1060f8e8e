# Makes the LVM fixtures inside a virtual machine: three disks, each a physical volume (the first on a partition).
set -e
export LVM_SYSTEM_DIR=$PWD # an lvm.conf with udev_sync = 0, obtain_device_list_from_udev = 0 and backup = 0
export LVM_SUPPRESS_FD_WARNINGS=1
pvcreate -q --pvmetadatacopies 2 /dev/vda1 /dev/vdb /dev/vdc
vgcreate -q -s 64k rack-1 /dev/vda1 /dev/vdb /dev/vdc
pattern() { # name sectors seed
  awk -v n=$1 -v c=$2 -v s=$3 'BEGIN { for (i = 0; i < c; i++) { t = sprintf("%s %d %d\n", n, s, i); printf "%s%*s", t, 512 - length(t), "" } }'
}
fill() { pattern "$1" "$2" "$3" | dd of=/dev/mapper/rack--1-$4 bs=64k conv=notrunc,fsync iflag=fullblock status=none; }
lvcreate -qq -an -Zn -Wn -n pad -l 3 rack-1 /dev/vdb
lvcreate -qq -y -Wn -Zn -n linear -l 10 rack-1 /dev/vda1
lvextend -qq -l +7 rack-1/linear /dev/vdb
lvextend -qq -l +2 rack-1/linear /dev/vda1
lvcreate -qq -y -Wn -Zn -n striped2 -i 2 -I 4k -l 8 rack-1
lvcreate -qq -y -Wn -Zn -n striped-3 -i 3 -I 32k -l 9 rack-1
lvcreate -qq -y -Wn -Zn --type mirror --mirrorlog core -m 1 -n mirror -l 6 rack-1
lvcreate -qq -y -Wn -Zn --type raid1 -m 1 -n raid1 -l 6 rack-1
lvcreate -qq -y -Wn -Zn --type raid0 -i 3 -I 16k -n raid0 -l 9 rack-1
lvcreate -qq -y -Wn -Zn --type raid5 -i 2 -I 8k -n raid5 -l 8 rack-1
lvcreate -qq -y -Wn -Zn -n origin -l 12 rack-1
for v in linear striped2 striped--3 mirror raid1 raid0 raid5 origin; do fill $v $(blockdev --getsz /dev/mapper/rack--1-$v) 1 $v; done
lvcreate -qq -y -s -c 8k -n snap -l 10 rack-1/origin
pattern changed 40 2 | dd of=/dev/mapper/rack--1-origin bs=512 seek=300 conv=notrunc,fsync iflag=fullblock status=none
pattern changed 9 3 | dd of=/dev/mapper/rack--1-snap bs=512 seek=1003 conv=notrunc,fsync iflag=fullblock status=none
pattern both 7 4 | dd of=/dev/mapper/rack--1-origin bs=512 seek=1005 conv=notrunc,fsync iflag=fullblock status=none
lvcreate -qq -y --type thin-pool -Zy -c 64k --poolmetadatasize 2m -l 40 -n pool rack-1
lvcreate -qq -y -V 8m -T rack-1/pool -n thin
fill thin 1500 5 thin
pattern end 3 6 | dd of=/dev/mapper/rack--1-thin bs=512 seek=16000 conv=notrunc,fsync iflag=fullblock status=none
lvcreate -qq -y -kn -s -n thinsnap rack-1/thin
pattern later 20 7 | dd of=/dev/mapper/rack--1-thin bs=512 seek=700 conv=notrunc,fsync iflag=fullblock status=none
pattern snapped 20 8 | dd of=/dev/mapper/rack--1-thinsnap bs=512 seek=710 conv=notrunc,fsync iflag=fullblock status=none
lvcreate -qq -y -V 3m -T rack-1/pool -n thinempty
for i in 1 2 3 4 5 6 7 8 9 10; do lvs --noheadings -o sync_percent rack-1 | grep -v 100.00 | grep -q '[0-9]' && sleep 1; done
lvs -a -o name,segtype,lv_size,sync_percent,devices rack-1
sync
for v in linear striped2 striped--3 mirror raid1 raid0 raid5 origin snap thin thinsnap thinempty; do echo "$v $(blockdev --getsize64 /dev/mapper/rack--1-$v) $(dd if=/dev/mapper/rack--1-$v bs=64k status=none | sha256sum | cut -d' ' -f1)"; done | sed 's/--/-/' > lvm.sums
vgchange -qq -an rack-1
echo done
