using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Volumes;

namespace Orchestration.DiskImages.Tests.Volumes.Raid;

/// <summary>Arrays of every level and layout, over the partitions of four disks, as the kernel that made them read them.</summary>
public sealed class MdArrayTests
{
    private static readonly FixtureDisks Fixture = new("md");

    public static TheoryData<string> Arrays => new(Fixture.ExpectedVolumes.Keys);

    [Theory]
    [MemberData(nameof(Arrays))]
    public void Every_byte_of_an_array_is_what_the_kernel_reads(string name) =>
        Assert.Equal(Fixture.ExpectedVolumes[name], FixtureDisks.Describe(Find(VolumeStack.Open(Fixture.Read("abcd")), name)));

    [Theory]
    [InlineData("bcd", "old-mirror", true)]
    [InlineData("abd", "mirror-1.0", true)]
    [InlineData("acd", "ten-near", true)]
    [InlineData("acd", "ten-far", true)]
    [InlineData("bd", "ten-far", true)]
    [InlineData("cd", "ten-far", false)]
    [InlineData("acd", "ten-offset", true)]
    [InlineData("c", "ten-odd-far", true)]
    [InlineData("ab", "five-ls", true)]
    [InlineData("acd", "five-la", true)]
    [InlineData("bcd", "five-rs", true)]
    [InlineData("bc", "five-ra", true)]
    [InlineData("ac", "four", true)]
    [InlineData("ab", "four", true)]
    [InlineData("ad", "five-la", false)]
    [InlineData("abc", "six", false)]
    [InlineData("abc", "stripes", false)]
    [InlineData("bcd", "linear", false)]
    public void With_members_missing_an_array_is_read_while_every_chunk_has_a_copy_or_parity(string disks, string name, bool isReadable)
    {
        var volume = Find(VolumeStack.Open(Fixture.Read(disks)), name);

        if (isReadable)
        {
            Assert.Equal(Fixture.ExpectedVolumes[name], FixtureDisks.Describe(volume));
        }
        else
        {
            Assert.Null(volume.Content);
            Assert.Contains("missing", volume.Problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_member_that_was_left_behind_is_named_and_not_read()
    {
        var stack = VolumeStack.Open(Fixture.Read("abcd"));

        Assert.Contains(stack.Warnings, warning => warning.Contains("/dev/sda17 was left behind", StringComparison.Ordinal));
        Assert.Contains(stack.Warnings, warning => warning.Contains("/dev/sdb18 was left behind", StringComparison.Ordinal));
        Assert.Equal(2, stack.Warnings.Count);
    }

    [Fact]
    public void A_superblock_with_a_wrong_checksum_is_a_problem_of_its_volume()
    {
        var disks = Fixture.Read("abcd");
        var member = VolumeStack.Open(disks).Volumes.Single(volume => volume.Device == "/dev/sdd4").Partition;
        disks[3].Bytes[(int)(member?.Offset ?? 0) + 72] ^= 1;

        var stack = VolumeStack.Open(disks);

        Assert.Contains("checksum", stack.Volumes.Single(volume => volume.Device == "/dev/sdd4").Problem, StringComparison.Ordinal);
        Assert.Contains("number 3 missing", Find(stack, "zones-alternate").Problem, StringComparison.Ordinal);
    }

    private static Volume Find(VolumeStack stack, string name) => stack.Volumes.Single(volume =>
        volume.Kind == VolumeKind.RaidArray && (name == "old-mirror" ? volume.Device == "/dev/md1" : name == "five-la" ? volume.Device == "/dev/md13" : volume.Device == $"/dev/md/{name}"));
}
