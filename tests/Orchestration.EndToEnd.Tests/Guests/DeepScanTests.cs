using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.TestSupport;

namespace Orchestration.EndToEnd.Tests.Guests;

[Collection(RunningService.Collection)]
public class DeepScanTests(RunningService service)
{
    [RequiresToolFact("mke2fs")]
    public async Task Packages_of_languages_are_in_the_inspection_the_bill_of_materials_and_the_comparison_with_advisories()
    {
        var folder = Directory.CreateTempSubdirectory("deep-scan-");
        try
        {
            Write(folder, "tree/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
            Write(folder, "tree/usr/bin/true", "");
            Write(folder, "tree/etc/fstab", "/dev/vda / ext4 defaults 0 1\n");
            Write(folder, "tree/srv/app/node_modules/left-pad/package.json", """{"name":"left-pad","version":"1.2.0","license":"WTFPL"}""");
            Write(folder, "tree/var/lib/pgsql/data/PG_VERSION", "15\n");
            Write(folder, "advisories/a.json", """
                {"id":"TEST-2026-0001","modified":"2026-06-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"left-pad"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.3.0"}]}]}]}
                """);
            var image = Path.Combine(folder.FullName, "deep.img");
            Tool.Run("mke2fs", "-q", "-t", "ext4", "-d", Path.Combine(folder.FullName, "tree"), image, "16M");
            await service.UploadAsync("images", "deep.img", image);
            Tool.Run("dotnet", BuiltPrograms.Command, "advisories", "import", Path.Combine(folder.FullName, "advisories"), "--storage", service.Azurite.ConnectionString);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        var job = Jobs.Inspect("deep-scan-1", "images/deep.img", "raw", "vulnerabilities");
        var options = job["payload"]!["data"]!["options"]!.AsObject();
        options["deep_scan"] = true;
        options["include_databases"] = true;
        options["reports"] = new JsonArray("cyclonedx");
        var result = await service.RunAsync(job);
        Assert.Equal(("completed", null), (result.Status, result.Error?.Message));
        var inspection = await service.GetArtifactAsync("deep-scan-1", "inspection.json");
        var vulnerabilities = await service.GetArtifactAsync("deep-scan-1", "vulnerabilities.json");
        var bom = await service.GetArtifactAsync("deep-scan-1", "bom.cdx.json");

        Assert.Equal("left-pad", Assert.Single(inspection.GetProperty("language_packages").GetProperty("found").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal("postgresql", Assert.Single(inspection.GetProperty("databases").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal("1.3.0", Assert.Single(vulnerabilities.GetProperty("findings").EnumerateArray()).GetProperty("fixed_version").GetString());
        Assert.Contains(bom.GetProperty("components").EnumerateArray(), component => component.GetProperty("purl").GetString() == "pkg:npm/left-pad@1.2.0");
    }

    private static void Write(DirectoryInfo folder, string name, string content)
    {
        var path = Path.Combine(folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? folder.FullName);
        File.WriteAllText(path, content);
    }
}
