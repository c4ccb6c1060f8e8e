using System.Reflection;

namespace Orchestration.DiskImages.Tests.Pitfalls;

/// <summary>The checklist of what other readers get wrong is complete: every pitfall has a test that runs.</summary>
public sealed class PitfallTests
{
    private static readonly Pitfall[] All = [.. FormatPitfalls.All, .. VolumePitfalls.All, .. FileSystemPitfalls.All];

    [Fact]
    public void Every_pitfall_has_a_test()
    {
        var without = All.Where(pitfall => pitfall.Tests.Length == 0 || !pitfall.Tests.All(IsTest)).Select(pitfall => $"{pitfall.Format}: {pitfall.What}");

        Assert.Empty(without);
    }

    [Fact]
    public void No_pitfall_is_listed_twice() => Assert.Equal(All.Length, All.DistinctBy(pitfall => (pitfall.Format, pitfall.What)).Count());

    [Theory]
    [InlineData("blob")]
    [InlineData("raw")]
    [InlineData("qcow2")]
    [InlineData("vmdk")]
    [InlineData("vhdx")]
    [InlineData("vhd")]
    [InlineData("vdi")]
    [InlineData("partitions")]
    [InlineData("lvm")]
    [InlineData("md")]
    [InlineData("luks")]
    [InlineData("ext")]
    [InlineData("xfs")]
    [InlineData("btrfs")]
    [InlineData("ntfs")]
    [InlineData("fat")]
    [InlineData("iso9660")]
    [InlineData("squashfs")]
    public void Every_format_has_its_pitfalls(string format) => Assert.Contains(All, pitfall => pitfall.Format == format);

    private static bool IsTest((Type Class, string Method) test) =>
        test.Class.GetMethods().Any(method => method.Name == test.Method && method.GetCustomAttribute<FactAttribute>() is not null);
}
