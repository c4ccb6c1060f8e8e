# Makes the md fixtures inside a virtual machine: four disks whose partitions of the same number make one array each.
set -e
pattern() { # name sectors seed
  awk -v n=$1 -v c=$2 -v s=$3 'BEGIN { for (i = 0; i < c; i++) { t = sprintf("%s %d %d\n", n, s, i); printf "%s%*s", t, 512 - length(t), "" } }'
}
number=0
array() { # name partition disks arguments
  name=$1 part=$2 disks=$3; shift 3
  number=$((number + 1)); devs=""
  for d in $disks; do devs="$devs /dev/vd$d$part"; done
  case "$*" in *metadata=0.90*|*metadata=1.0*) ;; *) set -- "$@" --data-offset=64 ;; esac
  yes | mdadm --create /dev/md$number --quiet --homehost=box --name=$name --run --raid-devices=$(echo $disks | wc -w) "$@" $devs
  mdadm --wait /dev/md$number || true
  pattern $name $(blockdev --getsz /dev/md$number) 1 | dd of=/dev/md$number bs=64k conv=notrunc,fsync iflag=fullblock status=none
}
sum() { echo "$1 $(blockdev --getsize64 /dev/md$number) $(dd if=/dev/md$number bs=64k status=none | sha256sum | cut -d' ' -f1)" >> md.sums; mdadm --stop --quiet /dev/md$number; }
rm -f md.sums
array old-mirror 1 "a b" --level=1 --metadata=0.90; sum old-mirror
array mirror-1.0 1 "c d" --level=1 --metadata=1.0; sum mirror-1.0
array linear 2 "a b c d" --level=linear --metadata=1.2; sum linear
array stripes 3 "a b c d" --level=0 --chunk=4 --metadata=1.2; sum stripes
echo 2 > /sys/module/raid0/parameters/default_layout
array zones-alternate 4 "a b c d" --level=0 --chunk=4 --metadata=1.1 --layout=alternate; sum zones-alternate
array zones-original 5 "a b c d" --level=0 --chunk=8 --metadata=1.2 --layout=original; sum zones-original
array ten-near 6 "a b c d" --level=10 --layout=n2 --chunk=4; sum ten-near
array ten-far 7 "a b c d" --level=10 --layout=f2 --chunk=4; sum ten-far
array ten-offset 8 "a b c" --level=10 --layout=o2 --chunk=4; sum ten-offset
array ten-odd 9 "a b c" --level=10 --layout=n2 --chunk=8; sum ten-odd
array ten-odd-far 10 "a b c" --level=10 --layout=f3 --chunk=8; sum ten-odd-far
array five-ls 11 "a b c" --level=5 --chunk=4; sum five-ls
array five-la 12 "a b c d" --level=5 --layout=la --chunk=4 --metadata=0.90; sum five-la
array five-rs 13 "a b c d" --level=5 --layout=rs --chunk=8 --metadata=1.0; sum five-rs
array five-ra 14 "a b c" --level=5 --layout=ra --chunk=4; sum five-ra
array six 15 "a b c d" --level=6 --chunk=4; sum six
array four 16 "a b c" --level=4 --chunk=4; sum four
array stale 17 "a b" --level=1 --metadata=1.2
mdadm --quiet /dev/md$number --fail /dev/vda17
pattern newer 40 9 | dd of=/dev/md$number bs=512 seek=100 conv=notrunc,fsync iflag=fullblock status=none
sum stale
array five-degraded 18 "a b c" --level=5 --chunk=4
mdadm --quiet /dev/md$number --fail /dev/vdb18
pattern newer 40 9 | dd of=/dev/md$number bs=512 seek=100 conv=notrunc,fsync iflag=fullblock status=none
sum five-degraded
sync
echo done
