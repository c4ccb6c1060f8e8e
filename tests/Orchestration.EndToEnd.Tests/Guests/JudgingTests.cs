using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;

namespace Orchestration.EndToEnd.Tests.Guests;

/// <summary>Profiles, waivers, reports and comparisons, as a user asks for them.</summary>
[Collection(RunningService.Collection)]
public class JudgingTests(RunningService service)
{
    private const string Image = "images/debian-12.qcow2";

    [Fact]
    public async Task Findings_are_written_in_every_format_and_served_as_what_they_are()
    {
        var formats = new Dictionary<string, (string Format, string MediaType)>
        {
            ["report.json"] = ("json", "application/json"),
            ["report.yaml"] = ("yaml", "application/yaml"),
            ["report.html"] = ("html", "text/html"),
            ["report.md"] = ("markdown", "text/markdown"),
            ["report.sarif"] = ("sarif", "application/sarif+json"),
            ["report-junit.xml"] = ("junit", "application/xml"),
            ["bom.cdx.json"] = ("cyclonedx", "application/vnd.cyclonedx+json"),
            ["bom.spdx.json"] = ("spdx", "application/spdx+json"),
        };
        var options = new JsonObject { ["reports"] = new JsonArray([.. formats.Values.Select(format => JsonValue.Create(format.Format))]) };

        var result = await service.RunAsync(Jobs.Profile("profile-reports-1", Image, options, "security", "migration-azure", "cis-debian-12-level-1"));

        Assert.Equal("completed", result.Status);
        foreach (var (name, format) in formats)
        {
            Assert.Contains($"results/profile-reports-1/{name}", result.Outputs!.Artifacts);
            using var response = await service.Http.GetAsync($"jobs/profile-reports-1/artifacts/{name}");
            Assert.Equal(format.MediaType, response.Content.Headers.ContentType?.MediaType);
            Assert.Contains("GK-SSH-001", name.StartsWith("bom", StringComparison.Ordinal) ? "GK-SSH-001" : await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        var components = (await service.GetArtifactAsync("profile-reports-1", "bom.cdx.json")).GetProperty("components");
        Assert.Equal(SampleImage.Packages.Count, components.GetArrayLength());
    }

    [Fact]
    public async Task A_waiver_from_a_file_takes_a_failure_out_of_the_count()
    {
        await service.UploadAsync("policies", "web/waivers.yaml", new MemoryStream(Encoding.UTF8.GetBytes(
            "waivers:\n- check: GK-SSH-001\n  reason: replaced next month\n  expires: 9999-12-31\n  image: images/debian-*\n")));

        await service.RunAsync(Jobs.Profile("profile-waivers-1", Image, new JsonObject { ["waivers"] = "web/waivers.yaml" }, "security"));
        var missing = await service.RunAsync(Jobs.Profile("profile-waivers-2", Image, new JsonObject { ["waivers"] = "web/none.yaml" }, "security"));

        var report = await service.GetArtifactAsync("profile-waivers-1", "profile-security.json");
        var check = report.GetProperty("results").EnumerateArray().Single(result => result.GetProperty("id").GetString() == "GK-SSH-001");
        Assert.Equal("waived", check.GetProperty("verdict").GetString());
        Assert.Equal(1, report.GetProperty("summary").GetProperty("waived").GetInt32());
        Assert.Equal("failed", missing.Status);
        Assert.Contains("policies/web/none.yaml", missing.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_does_not_differ_from_itself_nor_from_what_an_inspection_said_of_it()
    {
        await service.RunAsync(Jobs.Inspect("compare-inspect-1", Image, null, "security"));
        var image = new JsonObject { ["path"] = Image };
        var options = new JsonObject { ["compare_files"] = true, ["files"] = new JsonArray("/etc/ssh"), ["profiles"] = new JsonArray("security") };
        var deep = options.DeepClone();
        deep["deep_scan"] = true;

        var same = await service.RunAsync(Jobs.Compare("compare-image-1", image.DeepClone(), image.DeepClone(), deep.DeepClone()));
        var earlier = await service.RunAsync(Jobs.Compare("compare-job-1", new JsonObject { ["job_id"] = "compare-inspect-1" }, image.DeepClone(), options.DeepClone()));
        var stored = await service.RunAsync(Jobs.Compare("compare-job-2", new JsonObject { ["job_id"] = "compare-image-1" }, image.DeepClone(), deep));

        Assert.All([same, stored], result => Assert.Equal(
            (true, 0, 0), (Of(result, "identical").GetBoolean(), Of(result, "files").GetInt32(), Of(result, "language_packages").GetInt32())));
        Assert.Equal("[]", (await service.GetArtifactAsync("compare-job-1", "comparison.json")).GetProperty("configuration").GetRawText());
        Assert.Equal((true, 0), (Of(earlier, "identical").GetBoolean(), Of(earlier, "findings").GetInt32()));
        Assert.Contains("files of the baseline are not known", Of(earlier, "notes")[0].GetString(), StringComparison.Ordinal);

        static JsonElement Of(Protocol.Results.JobResult result, string name) => result.Data!.Value.GetProperty(name);
    }

    [Fact]
    public async Task A_comparison_with_a_job_that_left_nothing_fails_and_says_what_was_expected()
    {
        var result = await service.RunAsync(Jobs.Compare("compare-nothing-1", new JsonObject { ["job_id"] = "no-such-job" }, new JsonObject { ["path"] = Image }, null));

        Assert.Equal("failed", result.Status);
        Assert.Contains("no-such-job", result.Error!.Message, StringComparison.Ordinal);
    }
}
