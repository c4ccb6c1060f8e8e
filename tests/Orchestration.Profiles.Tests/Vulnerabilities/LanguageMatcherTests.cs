using Orchestration.GuestFixtures;
using Orchestration.Inspection.Languages;
using Orchestration.Profiles.Vulnerabilities;
using Orchestration.Profiles.Vulnerabilities.Database;

namespace Orchestration.Profiles.Tests.Vulnerabilities;

public sealed class LanguageMatcherTests
{
    [Theory]
    [InlineData("PyPI", "Jinja2.Ext_x", "jinja2-ext-x", "3.1.2", "3.1.3")]
    [InlineData("npm", "@babel/traverse", "@babel/traverse", "7.23.0", "7.23.2")]
    [InlineData("Maven", "org.apache.logging.log4j:log4j-core", "org.apache.logging.log4j:log4j-core", "2.14.1", "2.15.0")]
    [InlineData("Go", "golang.org/x/net", "golang.org/x/net", "v0.16.0", "0.17.0")]
    [InlineData("Go", "stdlib", "stdlib", "1.22rc1", "1.22.0-rc.2")]
    [InlineData("NuGet", "newtonsoft.json", "Newtonsoft.Json", "12.0.3", "13.0.1")]
    [InlineData("RubyGems", "rack", "rack", "2.2.8", "2.2.8.1")]
    [InlineData("crates.io", "openssl", "openssl", "0.10.54", "0.10.55")]
    [InlineData("Packagist", "Monolog/Monolog", "monolog/monolog", "v1.11.0", "1.12.0")]
    public void A_package_before_the_fix_is_affected_and_one_with_it_is_not(string ecosystem, string name, string advisoryName, string version, string fix)
    {
        var advisory = new AdvisoryBuilder("TEST-2026-0001").Affects(ecosystem, advisoryName, ("introduced", "0"), ("fixed", fix));

        var before = Match([new LanguagePackage(ecosystem, name, version, "/opt/a")], advisory);
        var after = Match([new LanguagePackage(ecosystem, name, fix, "/opt/a")], advisory);

        var finding = Assert.Single(before.Findings);
        Assert.Equal((ecosystem, $"{name} {version}", fix, "/opt/a", true), (finding.Ecosystem, finding.Installed[0], finding.FixedVersion, finding.Paths[0], finding.Certain));
        Assert.Empty(after.Findings);
        Assert.Equal((ecosystem, true, 1), (after.Languages[0].Ecosystem, after.Languages[0].Assessed, after.Languages[0].Packages));
    }

    [Fact]
    public void Ranges_of_semantic_versions_count_as_those_of_ecosystems_do()
    {
        const string Record = """
            {"id":"TEST-2026-0001","modified":"2026-06-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"left-pad"},"ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"fixed":"1.3.0"}]}]}]}
            """;
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        try
        {
            File.WriteAllText(path, Record);
            var imported = AdvisoryImporter.Import(path, DateTimeOffset.UnixEpoch, CancellationToken.None);

            Assert.Single(Match([new LanguagePackage("npm", "left-pad", "1.2.0", "/a"), new LanguagePackage("npm", "left-pad", "1.3.0", "/b")], imported).Findings);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void What_the_distribution_brought_is_left_to_its_own_advisories()
    {
        var report = Match(
            [new LanguagePackage("PyPI", "requests", "2.0", "/usr/lib/python3/dist-packages/requests-2.0.dist-info/METADATA") { Owner = "python3-requests" }],
            new AdvisoryBuilder("TEST-2026-0001").Affects("PyPI", "requests", ("introduced", "0")));

        Assert.Empty(report.Findings);
        Assert.Contains(report.Notes, note => note.StartsWith("1 packages of languages came with packages of the distribution", StringComparison.Ordinal));
    }

    [Fact]
    public void What_only_a_lock_file_names_is_uncertain()
    {
        var report = Match(
            [new LanguagePackage("npm", "left-pad", "1.0.0", "/srv/package-lock.json") { Locked = true }],
            new AdvisoryBuilder("TEST-2026-0001").Affects("npm", "left-pad", ("introduced", "0")));

        Assert.False(Assert.Single(report.Findings).Certain);
    }

    [Fact]
    public void Copies_of_a_package_are_one_finding_with_all_their_places()
    {
        var report = Match(
            [new LanguagePackage("npm", "left-pad", "1.0.0", "/a"), new LanguagePackage("npm", "left-pad", "1.0.0", "/b")],
            new AdvisoryBuilder("TEST-2026-0001").Affects("npm", "left-pad", ("introduced", "0")));

        Assert.Equal(["/a", "/b"], Assert.Single(report.Findings).Paths);
    }

    [Fact]
    public void An_ecosystem_without_advisories_is_said_not_to_be_compared()
    {
        var report = Match([new LanguagePackage("npm", "left-pad", "1.0.0", "/a"), new LanguagePackage("Go", "stdlib", "1.20", "/b")], new AdvisoryBuilder("TEST-2026-0001").Affects("npm", "other", ("introduced", "0")));

        Assert.Equal([("npm", true), ("Go", false)], report.Languages.Select(language => (language.Ecosystem, language.Assessed)));
        Assert.Contains(report.Notes, note => note.StartsWith("No advisories for Go are there", StringComparison.Ordinal));
    }

    private static VulnerabilityReport Match(IReadOnlyList<LanguagePackage> packages, params AdvisoryBuilder[] records) => Match(packages, AdvisoryBuilder.Import(records));

    private static VulnerabilityReport Match(IReadOnlyList<LanguagePackage> packages, ImportResult imported)
    {
        var languages = new LanguagePackageFacts { Found = packages };
        var names = LanguageMatcher.NamesOf(languages);
        var databases = imported.Databases.Where(database => names.ContainsKey(database.Header.Ecosystem)).ToDictionary(
            database => database.Header.Ecosystem,
            database => AdvisoryDatabase.Read(new MemoryStream(database.Content), "test", names[database.Header.Ecosystem]));
        return LanguageMatcher.Add(VulnerabilityMatcher.Match(new GuestBuilder().Directory("/etc").Build(), null), languages, databases);
    }
}
