using System.IO.Compression;
using System.Text;
using Orchestration.GuestFixtures;
using Orchestration.Inspection.Languages;

namespace Orchestration.Inspection.Tests.Languages;

public sealed class JavaArchiveTests
{
    [Fact]
    public void Maven_says_what_an_archive_is_and_what_was_packed_into_it()
    {
        var facts = Scan("/opt/app/lib/app.jar", Zip(Maven("com.example", "app", "1.0"), Maven("org.apache.logging.log4j", "log4j-core", "2.14.1"), ("a/B.class", [1])));

        Assert.Equal(["com.example:app 1.0", "org.apache.logging.log4j:log4j-core 2.14.1"], facts.Found.Select(package => $"{package.Name} {package.Version}"));
    }

    [Theory]
    [InlineData("commons-lang3-3.12.0.jar", "Bundle-Version: 9\r\n", "commons-lang3", "3.12.0")]
    [InlineData("guava-31.1-jre.jar", "", "guava", "31.1-jre")]
    [InlineData("tool.jar", "Implementation-Version: 2.5\r\nImplementation-Vendor-Id: org.example\r\n", "org.example:tool", "2.5")]
    [InlineData("tool.jar", "Implementation-Version: 2.\r\n 5.1\r\nImplementation-Vendor-Id: The Example Company\r\n", "tool", "2.5.1")]
    public void Without_Maven_the_name_and_the_manifest_are_believed(string file, string manifest, string name, string version)
    {
        var package = Assert.Single(Scan($"/srv/{file}", Zip(("META-INF/MANIFEST.MF", Encoding.ASCII.GetBytes($"Manifest-Version: 1.0\r\n{manifest}Bundle-License: Apache-2.0\r\n\r\nName: x\r\n")))).Found);

        Assert.Equal((name, version, "Apache-2.0"), (package.Name, package.Version, package.Licence));
    }

    [Theory]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.NoCompression)]
    public void Archives_in_archives_are_looked_into(CompressionLevel compression)
    {
        var library = Zip(compression, Maven("org.yaml", "snakeyaml", "1.30"));
        var web = Zip(compression, ("WEB-INF/lib/snakeyaml-1.30.jar", library));

        var package = Assert.Single(Scan("/srv/all.ear", Zip(compression, ("web.war", web))).Found);

        Assert.Equal(("org.yaml:snakeyaml", "/srv/all.ear!/web.war!/WEB-INF/lib/snakeyaml-1.30.jar"), (package.Name, package.Path));
    }

    [Fact]
    public void Archives_that_hold_each_other_without_end_are_left_at_some_depth()
    {
        var archive = Zip(Maven("deep", "deep", "1"));
        for (var depth = 0; depth < 20; depth++)
        {
            archive = Zip(($"{depth}.jar", archive));
        }

        Assert.Empty(Scan("/srv/deep.jar", archive).Found);
    }

    [Fact]
    public void An_archive_that_unpacks_to_more_than_any_library_is_a_warning()
    {
        var bomb = Zip(("lib/bomb.jar", new byte[80 << 20]));

        var facts = Scan("/srv/bomb.jar", bomb);

        Assert.Contains("lib/bomb.jar", Assert.Single(facts.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_of_an_archive_that_claims_millions_of_entries_is_not_read()
    {
        var archive = Zip(("a", [1]));
        var end = archive.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        BitConverter.GetBytes(0xFFFF_FFF0).CopyTo(archive, end + 12);

        Assert.Contains("claims", Assert.Single(Scan("/srv/a.jar", archive).Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_archive_is_a_warning()
    {
        Assert.True(Assert.Single(Scan("/srv/a.jar", Encoding.ASCII.GetBytes("not a zip")).Warnings).Unreadable);
    }

    private static LanguagePackageFacts Scan(string path, byte[] archive) =>
        LanguageScanner.Scan(new GuestBuilder().File(path, archive).Build(), new LanguageScanOptions(), CancellationToken.None);

    private static (string Path, byte[] Content) Maven(string group, string artifact, string version) =>
        ($"META-INF/maven/{group}/{artifact}/pom.properties", Encoding.ASCII.GetBytes($"#Created by Maven\nversion={version}\r\ngroupId={group}\nartifactId={artifact}\n"));

    private static byte[] Zip(params (string Path, byte[] Content)[] entries) => Zip(CompressionLevel.Fastest, entries);

    private static byte[] Zip(CompressionLevel compression, params (string Path, byte[] Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content) in entries)
            {
                using var entry = zip.CreateEntry(path, compression).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }
}
