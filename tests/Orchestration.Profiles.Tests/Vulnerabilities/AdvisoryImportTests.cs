using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Orchestration.Profiles.Vulnerabilities.Database;

namespace Orchestration.Profiles.Tests.Vulnerabilities;

public sealed class AdvisoryImportTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("advisories-");

    [Fact]
    public void Records_become_one_database_an_ecosystem()
    {
        var result = AdvisoryBuilder.Import(
            new AdvisoryBuilder("TEST-2026-0001").Affects("Debian:12", "openssl", ("introduced", "0"), ("fixed", "3.0.14-1")).Affects("Debian:13", "openssl", ("introduced", "0")),
            new AdvisoryBuilder("TEST-2026-0002").Affects("Hackage", "left-pad", ("introduced", "0")));

        Assert.Equal(["Debian:12", "Debian:13"], result.Databases.Select(database => database.Header.Ecosystem));
        Assert.Equal((2, 0, 1), (result.Records, result.Withdrawn, result.Elsewhere));
        Assert.Equal("debian-12.jsonl.gz", AdvisoryDatabase.FileName("Debian:12"));
    }

    [Fact]
    public void A_withdrawn_record_says_nothing()
    {
        var result = AdvisoryBuilder.Import(new AdvisoryBuilder("TEST-2026-0001").With("withdrawn", "2026-06-02T00:00:00Z").Affects("Debian:12", "openssl", ("introduced", "0")));

        Assert.Empty(result.Databases);
        Assert.Equal(1, result.Withdrawn);
    }

    [Fact]
    public void A_zip_is_read_as_a_directory_is()
    {
        var path = Path.Combine(_directory.FullName, "all.zip");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            using var writer = new StreamWriter(zip.CreateEntry("TEST-2026-0001.json").Open());
            writer.Write(new AdvisoryBuilder("TEST-2026-0001").Affects("Alpine:v3.20", "musl", ("introduced", "0")).ToString());
        }

        Assert.Equal("Alpine:v3.20", Assert.Single(Import(path).Databases).Header.Ecosystem);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"id\": 7}")]
    [InlineData("{\"id\": \"TEST-2026-0001\", \"affected\": [{\"package\": {\"ecosystem\": \"Debian:12\", \"name\": \"a\"}, \"ranges\": [{\"type\": \"ECOSYSTEM\", \"events\": [7]}]}]}")]
    public void A_file_that_is_no_record_is_named_and_left_out(string content)
    {
        File.WriteAllText(Path.Combine(_directory.FullName, "bad.json"), content);
        File.WriteAllText(Path.Combine(_directory.FullName, "good.json"), new AdvisoryBuilder("TEST-2026-0002").Affects("Debian:12", "openssl", ("introduced", "0")).ToString());

        var result = Import(_directory.FullName);

        Assert.Contains("bad.json", Assert.Single(result.Problems), StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(result.Databases).Header.Advisories);
    }

    [Fact]
    public void What_is_not_there_or_no_zip_is_refused()
    {
        var path = Path.Combine(_directory.FullName, "all.zip");
        Assert.Throws<AdvisoryException>(() => Import(path));
        File.WriteAllText(path, "no zip");

        Assert.Throws<AdvisoryException>(() => Import(path));
    }

    [Fact]
    public void A_reader_keeps_only_the_packages_that_it_asks_for()
    {
        var database = Read(
            ["openssl"],
            new AdvisoryBuilder("TEST-2026-0001").Affects("Debian:12", "openssl", ("introduced", "0")),
            new AdvisoryBuilder("TEST-2026-0002").Affects("Debian:12", "curl", ("introduced", "0")));

        Assert.Single(database.Find("openssl"));
        Assert.Empty(database.Find("curl"));
        Assert.Equal(2, database.Header.Advisories);
    }

    [Theory]
    [InlineData("""[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]""", Severity.Critical, 9.8)]
    [InlineData("""[{"type":"Ubuntu","score":"medium"}]""", Severity.Medium, null)]
    [InlineData("[]", null, null)]
    public void Severity_is_the_score_or_the_word_of_the_record(string severity, Severity? expected, double? score)
    {
        var advisory = Read(
            ["openssl"],
            new AdvisoryBuilder("TEST-2026-0001").With("severity", JsonNode.Parse(severity)!).Affects("Debian:12", "openssl", ("introduced", "0"))).Find("openssl").Single();

        Assert.Equal((expected, score), (advisory.Severity, advisory.Score));
    }

    [Theory]
    [InlineData("no gzip")]
    [InlineData("")]
    public void What_is_no_database_is_refused_with_its_name(string content)
    {
        using var stored = new MemoryStream(Encoding.UTF8.GetBytes(content));

        Assert.Contains("debian-12", Assert.Throws<AdvisoryException>(() => AdvisoryDatabase.Read(stored, "debian-12", new HashSet<string>())).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    internal static AdvisoryDatabase Read(HashSet<string> packages, params AdvisoryBuilder[] records)
    {
        using var stored = new MemoryStream(Assert.Single(AdvisoryBuilder.Import(records).Databases).Content);
        return AdvisoryDatabase.Read(stored, "test", packages);
    }

    private static ImportResult Import(string path) => AdvisoryImporter.Import(path, DateTimeOffset.UnixEpoch, CancellationToken.None);
}
