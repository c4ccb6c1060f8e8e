using Orchestration.Profiles.Vulnerabilities.Versions;
using Orchestration.TestSupport;

namespace Orchestration.Profiles.Tests.Vulnerabilities;

/// <summary>The orders of languages' versions, beside each language's own comparison.</summary>
public sealed class LanguageVersionOrderTests
{
    private const string MavenLibrary = "/usr/share/maven/lib/*";

    private static readonly string[] SemanticVersions =
    [
        "1.0.0", "1.0.1", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0+build", "2.0.0", "10.0.0", "1.10.0", "1.9.0",
        "0.0.0-20231012003039-104605ab7028", "0.0.0-20221012003039-104605ab7028", "1.0.0-0", "1.0.0-1a", "1.0.0-Alpha", "1.0.0--1",
    ];

    private static readonly string[] PythonVersions =
    [
        "1.0", "1.0.0", "1", "1.0a1", "1.0.alpha2", "1.0b1", "1.0rc1", "1.0c2", "1.0.post1", "1.0-1", "1.0.dev1", "1.0a1.dev2", "1.0.post1.dev3", "1!0.5", "2.0", "1.10", "1.9", "1.0+local.1", "1.0+local.10",
        "1.0+1", "1.0+abc", "v1.0", "1.0rc", "1.0.post", "1.0_pre1", "1.0.preview2", "1.0rev4",
    ];

    private static readonly string[] MavenVersions =
    [
        "1", "1.0", "1.0.0", "1-ga", "1.0-alpha-1", "1.0-alpha1", "1.0a1", "1.0-beta2", "1.0-m3", "1.0-milestone-3", "1.0-rc1", "1.0-cr1", "1.0-SNAPSHOT", "1.0-sp1", "1.0-1", "1.0.1", "1.0-foo", "1.0-xyz",
        "2.0", "1.10", "1.9", "1.0.RELEASE", "1.0.Final", "31.1-jre", "31.1-android", "1.0-20240101.120000-3", "1-1.foo-bar1baz-.1", "1.0x", "2.9.10.8", "99999999999999999999.1", "1.0-rc", "1..1", "1-0.alpha",
    ];

    private static readonly string[] RubyVersions =
    [
        "1.0", "1.0.0", "1", "1.0.a", "1.0.a1", "1.0.b1", "1.0.0.rc1", "1.0.pre", "1.0-1", "2.2.8", "2.2.8.1", "2.10", "2.9", "1.0.a.0", "1.a.1", "1.0.1", "0", "1.0.beta.2", "1.0.beta.11",
    ];

    [RequiresToolFact("node", "npm")]
    public void Semantic_versions_are_ordered_as_npm_orders_them() => Assert.Equal(
        Words(Tool.Run("node", "-e", $"const s=require('/usr/lib/node_modules/npm/node_modules/semver');const v={List(SemanticVersions)};for(const a of v)for(const b of v)console.log(s.compare(a,b))")),
        Compare(SemanticVersions, VersionOrder.Semantic));

    [RequiresToolFact("python3", "pip3")]
    public void Python_versions_are_ordered_as_pip_orders_them() => Assert.Equal(
        Words(Tool.Run("python3", "-c", $"from pip._vendor.packaging.version import Version as V\nv=[V(x) for x in {List(PythonVersions)}]\nfor a in v:\n  for b in v: print((a>b)-(a<b))")),
        Compare(PythonVersions, VersionOrder.Python));

    [RequiresToolFact("ruby")]
    public void Ruby_versions_are_ordered_as_RubyGems_orders_them() => Assert.Equal(
        Words(Tool.Run("ruby", "-e", $"v={List(RubyVersions)}.map{{|x|Gem::Version.new(x)}};v.each{{|a|v.each{{|b|puts a<=>b}}}}")),
        Compare(RubyVersions, VersionOrder.Ruby));

    [RequiresToolFact("mvn", "java")]
    public void Maven_versions_are_ordered_as_Maven_orders_them()
    {
        // It compares each argument with the one before it.
        string[] arguments = [.. from left in MavenVersions from right in MavenVersions from version in new[] { left, right } select version];
        var answers = Tool.Run("java", ["-cp", MavenLibrary, "org.apache.maven.artifact.versioning.ComparableVersion", .. arguments]).Split('\n')
            .Select(line => line.Trim().Split(' ')).Where(words => words is [_, "<" or "==" or ">", _]).Select(words => words[1] switch { "<" => "-1", ">" => "1", _ => "0" });

        Assert.Equal(answers.Where((_, index) => index % 2 == 0), Compare(MavenVersions, VersionOrder.Maven));
    }

    [Theory]
    [InlineData("13.0.1", "13.0.1.0", 0)]
    [InlineData("13.0.1-Beta", "13.0.1-beta", 0)]
    [InlineData("13.0.1-beta.2", "13.0.1-beta.10", -1)]
    [InlineData("13.0.1.1", "13.0.1", 1)]
    [InlineData("13.0.1-rc", "13.0.1", -1)]
    public void NuGet_versions_have_four_numbers_and_no_case(string left, string right, int expected) =>
        Assert.Equal(expected, Math.Sign(VersionOrder.NuGet.Compare(left, right)));

    [Theory]
    [InlineData("v1.2.3", "1.2.3.0", 0)]
    [InlineData("1.2.3-alpha1", "1.2.3-beta1", -1)]
    [InlineData("1.2.3-RC2", "1.2.3-rc10", -1)]
    [InlineData("1.2.3-RC1", "1.2.3", -1)]
    [InlineData("1.2.3-p1", "1.2.3", 1)]
    [InlineData("1.2.3-dev", "1.2.3-alpha1", -1)]
    [InlineData("dev-main", "0.0.1", -1)]
    [InlineData("1.10.0", "1.9.0", 1)]
    public void Composer_versions_have_four_numbers_and_a_stability(string left, string right, int expected)
    {
        Assert.Equal(expected, Math.Sign(VersionOrder.Composer.Compare(left, right)));
        Assert.Equal(-expected, Math.Sign(VersionOrder.Composer.Compare(right, left)));
    }

    [Fact]
    public void Every_order_has_a_place_for_what_is_no_version()
    {
        string[] odd = ["", "-", ".", "..", "a", "1.", "-1", "1-", "1..2", "+", "~", "v", "é", "1.0-", new string('1', 5000), string.Concat(Enumerable.Repeat("1.a-", 2000))];
        VersionOrder[] orders = [VersionOrder.Semantic, VersionOrder.NuGet, VersionOrder.Python, VersionOrder.Maven, VersionOrder.Ruby, VersionOrder.Composer];

        Assert.All(orders, order => Assert.All(odd, left => Assert.All(odd, right =>
            Assert.Equal(Math.Sign(order.Compare(left, right)), -Math.Sign(order.Compare(right, left))))));
    }

    private static string List(string[] versions) => $"[{string.Join(", ", versions.Select(version => $"'{version}'"))}]";

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> Compare(string[] versions, VersionOrder order) =>
        from left in versions from right in versions select $"{Math.Sign(order.Compare(left, right))}";
}
