using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Volumes;

namespace Orchestration.DiskImages.Tests.Volumes.Lvm;

/// <summary>A volume group with volumes of every kind, over three disks, as the kernel that made it read it.</summary>
public sealed class LogicalVolumeTests
{
    private static readonly FixtureDisks Fixture = new("lvm");

    [Theory]
    [InlineData("linear")]
    [InlineData("striped2")]
    [InlineData("striped-3")]
    [InlineData("mirror")]
    [InlineData("raid1")]
    [InlineData("raid0")]
    [InlineData("raid5")]
    [InlineData("origin")]
    [InlineData("snap")]
    [InlineData("thin")]
    [InlineData("thinsnap")]
    [InlineData("thinempty")]
    public void Every_byte_of_a_volume_is_what_the_kernel_reads(string name)
    {
        var volume = Find(VolumeStack.Open(Fixture.Read("abc")), name);

        Assert.Equal(Fixture.ExpectedVolumes[name], FixtureDisks.Describe(volume));
    }

    [Theory]
    [InlineData("cache")]
    [InlineData("writecache")]
    [InlineData("vdo")]
    [InlineData("raid6_zr")]
    [InlineData("error")]
    [InlineData("of-next-year")]
    public void A_volume_of_a_type_that_cannot_be_read_is_named_and_the_others_are_read(string type)
    {
        var disk = PhysicalVolumeBuilder.Build(
            $$"""
            my-group { id = "g" seqno = 1 extent_size = 8
            physical_volumes { pv0 { id = "{{new string('i', 32)}}" pe_start = 24 pe_count = 4 } }
            logical_volumes {
            my-root { status = ["READ", "VISIBLE"] segment1 { start_extent = 0 extent_count = 1 type = "striped" stripe_count = 1 stripes = ["pv0", 1] } }
            other { status = ["READ", "VISIBLE"] segment1 { start_extent = 0 extent_count = 1 type = "{{type}}" stripe_count = 1 stripes = ["pv0", 2] } } } }
            """,
            length: 64 * 1024);
        disk[24 * 512 + 4096] = 77;

        var volumes = VolumeStack.Open([new MemoryByteSource(disk)]).Volumes;

        var root = volumes.Single(volume => volume.Device == "/dev/mapper/my--group-my--root");
        var other = volumes.Single(volume => volume.Device.EndsWith("other", StringComparison.Ordinal));
        Assert.Equal([77], root.Content?.ReadBytes(0, 1));
        Assert.Null(other.Content);
        Assert.Contains(type, other.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void All_visible_volumes_but_the_pool_are_there_without_a_warning()
    {
        var stack = VolumeStack.Open(Fixture.Read("abc"));

        var logical = stack.Volumes.Where(volume => volume.Kind == VolumeKind.LogicalVolume).ToList();
        Assert.Equal(
            [.. Fixture.ExpectedVolumes.Keys.Append("pad").Order(StringComparer.Ordinal)], logical.Select(volume => volume.Aliases[0]["/dev/rack-1/".Length..]));
        Assert.All(logical, volume => Assert.Null(volume.Problem));
        Assert.Empty(stack.Warnings);
    }

    [Theory]
    [InlineData("bc", "linear", false)]
    [InlineData("bc", "mirror", true)]
    [InlineData("ac", "mirror", true)]
    [InlineData("bc", "raid1", true)]
    [InlineData("ac", "raid1", true)]
    [InlineData("ab", "raid5", true)]
    [InlineData("bc", "raid5", true)]
    [InlineData("a", "raid5", false)]
    [InlineData("bc", "raid0", false)]
    [InlineData("bc", "thin", true)]
    [InlineData("ab", "thin", false)]
    public void With_disks_missing_what_the_others_hold_is_read_and_the_rest_names_what_is_missing(string disks, string name, bool isReadable)
    {
        var volume = Find(VolumeStack.Open(Fixture.Read(disks)), name);

        if (isReadable)
        {
            Assert.Equal(Fixture.ExpectedVolumes[name], FixtureDisks.Describe(volume));
        }
        else
        {
            Assert.Null(volume.Content);
            Assert.Matches("is not there|too few of its legs", volume.Problem);
        }
    }

    [Fact]
    public void The_order_of_the_disks_does_not_matter()
    {
        var volume = Find(VolumeStack.Open(Fixture.Read("cba")), "linear");

        Assert.Equal(Fixture.ExpectedVolumes["linear"], FixtureDisks.Describe(volume));
    }

    [Fact]
    public void A_damaged_first_copy_of_the_metadata_is_a_warning_and_the_second_is_used()
    {
        var disks = Fixture.Read("abc");
        foreach (var disk in disks)
        {
            Damage(disk.Bytes, "physical_volumes {"u8);
        }

        var stack = VolumeStack.Open(disks);

        Assert.Equal(Fixture.ExpectedVolumes["thin"], FixtureDisks.Describe(Find(stack, "thin")));
        Assert.Contains(stack.Warnings, warning => warning.Contains("wrong checksum", StringComparison.Ordinal));
    }

    [Fact]
    public void A_hint_leads_to_the_blocks_that_a_read_will_need()
    {
        var disks = Fixture.Read("abc");
        var thin = Find(VolumeStack.Open(disks), "thin");
        disks[1].Prefetched.Clear();

        thin.Content?.Prefetch(100 * 512, 10 * 512);

        var hint = disks[1].Prefetched.Last();
        Assert.Equal("thin 5 100\n"u8.ToArray(), disks[1].Bytes[(int)hint.Offset..(int)(hint.Offset + 11)]);
    }

    // Only the newest text is in use; the ring has older ones before it.
    private static void Damage(byte[] disk, ReadOnlySpan<byte> text)
    {
        var area = disk.AsSpan().IndexOf(" LVM2 x[5A%r0N*>"u8) - 4;
        var start = area + (int)BitConverter.ToInt64(disk, area + 40);
        var at = start + disk.AsSpan(start).IndexOf(text);
        disk[at] ^= 1;
    }

    private static Volume Find(VolumeStack stack, string name) => stack.Volumes.Single(volume => volume.Aliases.Contains($"/dev/rack-1/{name}"));
}
