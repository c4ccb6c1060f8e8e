using Orchestration.Profiles.Vulnerabilities.Versions;
using Orchestration.TestSupport;

namespace Orchestration.Profiles.Tests.Vulnerabilities;

public sealed class VersionOrderTests
{
    private static readonly string[] DebianVersions =
    [
        "1.0", "1.0-1", "1.0-1+b1", "1.0-1+deb12u1", "1.0~rc1-1", "1.0~~", "1.0~", "1.0a", "1.0+", "1.0.", "0:1.0", "1:0.9", "2:0", "1.00", "1.0-0", "1.0-1~bpo12+1",
        "1.10-1", "1.9-1", "7.88.1-10+deb12u5", "7.88.1-10+deb12u12", "20190131", "1.2-3-4", "1.2-3", "12", "a1", "1.0-1ubuntu0.22.04.2", "99999999999999999999999", "1.0.0",
    ];

    private static readonly string[] RpmVersions =
    [
        "1.0", "1.0.", "1.0~rc1", "1.0~rc2", "1.0~", "1.0^", "1.0^20240101", "1.0^git1.2", "1.0a", "1.0.a", "1.0.1", "1.00", "1.01", "10", "9", "a", "b", "A", "1a1", "1a2", "1_0", "1..0",
        "5.14.0", "99999999999999999999999", "2.0.1~~", "2.0.1~a", "1.0^~rc1",
    ];

    [RequiresToolFact("dpkg")]
    public void Debian_versions_are_ordered_as_dpkg_orders_them()
    {
        var script = string.Join('\n', from left in DebianVersions
                                       from right in DebianVersions
                                       select $"if dpkg --compare-versions '{left}' lt '{right}'; then echo -1; elif dpkg --compare-versions '{left}' eq '{right}'; then echo 0; else echo 1; fi");
        var answers = Tool.Run("sh", "-c", script).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(answers, Compare(DebianVersions, VersionOrder.Debian));
    }

    [RequiresToolFact("rpm")]
    public void Rpm_versions_are_ordered_as_rpm_orders_them()
    {
        var list = string.Join(", ", RpmVersions.Select(version => $"\"{version}\""));
        var answers = Tool.Run("rpm", "--eval", $"%{{lua: v={{{list}}}; for _,a in ipairs(v) do for _,b in ipairs(v) do print(rpm.vercmp(a,b)..\" \") end end}}")
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(answers, Compare(RpmVersions, VersionOrder.Rpm));
    }

    [Theory]
    [InlineData("1:1.0-1", "2.0-1", 1)]
    [InlineData("0:1.0-1", "1.0-1", 0)]
    [InlineData("1.0-1.el9", "1.0-1.el9_2", -1)]
    [InlineData("1.0", "1.0-5", 0)]
    [InlineData("5.14.0-362.8.1.el9_3", "5.14.0-362.24.1.el9_3", -1)]
    public void An_rpm_has_epoch_version_and_release(string left, string right, int expected) =>
        Assert.Equal(expected, Math.Sign(VersionOrder.Rpm.Compare(left, right)));

    [Theory]
    [InlineData("1.2.3-r0", "1.2.3-r1", -1)]
    [InlineData("1.2.3-r10", "1.2.3-r9", 1)]
    [InlineData("1.2", "1.2.0", -1)]
    [InlineData("1.2.3a", "1.2.3", 1)]
    [InlineData("1.2.3b", "1.2.3a", 1)]
    [InlineData("1.2.3_alpha", "1.2.3_beta", -1)]
    [InlineData("1.2.3_pre1", "1.2.3_rc1", -1)]
    [InlineData("1.2.3_rc1", "1.2.3", -1)]
    [InlineData("1.2.3_p1", "1.2.3", 1)]
    [InlineData("1.2.3_git20240101", "1.2.3_p1", -1)]
    [InlineData("1.2.3_rc2", "1.2.3_rc10", -1)]
    [InlineData("1.02", "1.1", -1)]
    [InlineData("3.1.4-r5", "3.1.4-r5", 0)]
    [InlineData("1.2.3~abc123-r0", "1.2.3-r0", 0)]
    [InlineData("not a version", "0", -1)]
    public void Alpine_versions_have_numbers_a_letter_suffixes_and_a_build(string left, string right, int expected)
    {
        Assert.Equal(expected, Math.Sign(VersionOrder.Alpine.Compare(left, right)));
        Assert.Equal(-expected, Math.Sign(VersionOrder.Alpine.Compare(right, left)));
    }

    private static IEnumerable<string> Compare(string[] versions, VersionOrder order) =>
        from left in versions from right in versions select $"{Math.Sign(order.Compare(left, right))}";
}
