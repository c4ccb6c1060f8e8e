using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.TestSupport;

namespace Orchestration.EndToEnd.Tests.Guests;

[Collection(RunningService.Collection)]
public class InspectionTests(RunningService service)
{
    private const string Image = "images/debian-12.qcow2";

    [Fact]
    public async Task The_packages_of_the_sample_are_those_that_dpkg_listed()
    {
        await service.RunAsync(Jobs.Inspect("inspect-packages", Image, "qcow2"));

        var inspection = await service.GetArtifactAsync("inspect-packages", "inspection.json");

        var packages = inspection.GetProperty("packages").GetProperty("installed").EnumerateArray()
            .Select(package => $"{Text(package, "name")}\t{Text(package, "version")}\t{Text(package, "architecture")}")
            .Order(StringComparer.Ordinal);
        Assert.Equal(SampleImage.Packages, packages);
    }

    [RequiresToolTheory("qemu-img")]
    [InlineData("vdi", "vdi", "")]
    [InlineData("vhd", "vpc", "")]
    [InlineData("vhdx", "vhdx", "")]
    [InlineData("vmdk", "vmdk", "subformat=streamOptimized")]
    public async Task The_same_disk_in_another_format_says_the_same(string format, string nameForTool, string options)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.{format}");
        try
        {
            Tool.Run("qemu-img", ["convert", "-O", nameForTool, .. options.Length > 0 ? new[] { "-o", options } : [], SampleImage.Path, file]);
            await service.UploadAsync("images", $"debian-12.{format}", file);
        }
        finally
        {
            File.Delete(file);
        }

        var result = await service.RunAsync(Jobs.Inspect($"inspect-format-{format}", $"images/debian-12.{format}", format));

        Assert.Equal("completed", result.Status);
        Assert.Equal(SampleImage.Packages.Count, result.Data!.Value.GetProperty("packages").GetInt32());
    }

    [Fact]
    public async Task The_sample_is_recognised_with_its_file_systems_assembled()
    {
        var result = await service.RunAsync(Jobs.Inspect("inspect-system-1", Image));
        var inspection = await service.GetArtifactAsync("inspect-system-1", "inspection.json");

        Assert.Equal("completed", result.Status);
        Assert.Equal("results/inspect-system-1/inspection.json", result.Outputs!.Primary);
        var system = inspection.GetProperty("operating_system");
        Assert.Equal("debian", Text(system, "distribution"));
        Assert.StartsWith("12", Text(system, "version"), StringComparison.Ordinal);
        Assert.Equal("web01", Text(system, "hostname"));
        Assert.Equal("x86_64", Text(system, "architecture"));
        Assert.Equal(
            ["/", "/boot", "/var"], inspection.GetProperty("mountpoints").EnumerateObject().Select(mount => mount.Name).Order(StringComparer.Ordinal));
        var services = inspection.GetProperty("services").GetProperty("enabled_services").EnumerateArray().Select(service => service.GetString());
        Assert.Contains("ssh", services);
        Assert.Contains("cron", services);
        Assert.Contains(
            inspection.GetProperty("users").GetProperty("users").EnumerateArray(), user => Text(user, "name") == "admin");
    }

    [Fact]
    public async Task The_cost_of_reading_is_reported()
    {
        // An image of its own: what another job has just read would cost nothing.
        await service.UploadAsync("images", "metrics.qcow2", SampleImage.Path);
        var metrics = (await service.RunAsync(Jobs.Inspect("inspect-metrics", "images/metrics.qcow2"))).Metrics!;

        Assert.Equal(new FileInfo(SampleImage.Path).Length, metrics.ImageSizeBytes);
        Assert.InRange(metrics.DiskReadBytes!.Value, 1, long.MaxValue);
        Assert.InRange(metrics.Requests!.Value, 1, metrics.DiskReadBytes.Value);
        Assert.InRange(metrics.Waves!.Value, 1, metrics.Requests.Value);
    }

    [Fact]
    public async Task The_weaknesses_of_the_sample_are_found_with_their_evidence()
    {
        await service.RunAsync(Jobs.Profile("profile-sample-1", Image, null, "security"));

        var report = await service.GetArtifactAsync("profile-sample-1", "profile-security.json");

        var failed = report.GetProperty("results").EnumerateArray().Where(check => Text(check, "verdict") == "fail").ToList();
        var rootLogin = Assert.Single(failed, check => Text(check, "id") == "GK-SSH-001");
        var evidence = rootLogin.GetProperty("evidence").EnumerateArray().First();
        Assert.Equal("/etc/ssh/sshd_config.d/10-cloud.conf", Text(evidence, "file"));
        Assert.Equal(1, evidence.GetProperty("line").GetInt32());
        Assert.Equal("critical", Text(rootLogin, "severity"));
    }

    [Fact]
    public async Task A_critical_finding_fails_the_job_where_asked_with_the_report_attached()
    {
        var result = await service.RunAsync(
            Jobs.Profile("profile-policy-1", Image, new JsonObject { ["fail_on_critical"] = true }, "security", "hardening"));

        Assert.Equal("failed", result.Status);
        Assert.Equal(ErrorCodes.PolicyFailed, result.Error!.Code);
        Assert.Equal(
            ["results/profile-policy-1/profile-security.json", "results/profile-policy-1/profile-hardening.json"], result.Outputs!.Artifacts);
    }

    [Fact]
    public async Task A_checksum_is_verified_against_the_stored_image()
    {
        var right = Jobs.Inspect("inspect-checksum-1", Image);
        await using var content = File.OpenRead(SampleImage.Path);
        var digest = Convert.ToHexStringLower(await System.Security.Cryptography.SHA256.HashDataAsync(content));
        right["payload"]!["data"]!["image"]!["checksum"] = $"sha256:{digest}";
        var wrong = Jobs.Inspect("inspect-checksum-2", Image);
        wrong["payload"]!["data"]!["image"]!["checksum"] = $"sha256:{new string('0', 64)}";

        Assert.Equal("completed", (await service.RunAsync(right)).Status);
        Assert.Equal(ErrorCodes.ImageChecksumMismatch, (await service.RunAsync(wrong)).Error!.Code);
    }

    private static string? Text(JsonElement owner, string name) => owner.TryGetProperty(name, out var value) ? value.GetString() : null;
}
