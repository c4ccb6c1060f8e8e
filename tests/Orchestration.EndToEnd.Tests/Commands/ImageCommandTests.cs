using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Orchestration.EndToEnd.Tests.Support;

namespace Orchestration.EndToEnd.Tests.Commands;

/// <summary>The commands that look into an image by themselves, without the service.</summary>
public sealed class ImageCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("image-command-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Info_names_the_format_and_every_volume()
    {
        var run = await RunAsync("info", SampleImage.Path, "--json");

        var info = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal((0, "qcow2"), (run.ExitCode, info.GetProperty("format").GetString()));
        Assert.Equal([null, "boot", "root", "var"], info.GetProperty("volumes").EnumerateArray().Select(volume => volume.TryGetProperty("label", out var label) ? label.GetString() : null));
    }

    [Fact]
    public async Task Ls_cat_and_find_see_the_guest_as_one_tree_across_its_file_systems()
    {
        var list = await RunAsync("ls", SampleImage.Path, "/");
        var content = await RunAsync("cat", SampleImage.Path, "/etc/os-release");
        var found = await RunAsync("find", SampleImage.Path, "/var", "--name", "stat?s", "--type", "f");

        Assert.Contains(" boot\n", list.Output, StringComparison.Ordinal);
        Assert.Contains("PRETTY_NAME=\"Debian GNU/Linux 12", content.Output, StringComparison.Ordinal);
        Assert.Contains("/var/lib/dpkg/status\n", found.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cp_copies_a_folder_with_its_links_and_overwrites_nothing()
    {
        var target = Path.Combine(_folder, "etc");

        var first = await RunAsync("cp", SampleImage.Path, "/etc", target);
        var second = await RunAsync("cp", SampleImage.Path, "/etc/hostname", Path.Combine(target, "hostname"));
        var content = await RunAsync("cat", SampleImage.Path, "/etc/adduser.conf");

        Assert.Equal((0, 2), (first.ExitCode, second.ExitCode));
        Assert.Equal(content.Output, await File.ReadAllTextAsync(Path.Combine(target, "adduser.conf")));
        Assert.Equal("../usr/lib/os-release", new FileInfo(Path.Combine(target, "os-release")).LinkTarget);
    }

    [Fact]
    public async Task Df_names_the_place_where_the_guest_mounts_each_file_system()
    {
        var run = await RunAsync("df", SampleImage.Path, "--json");

        Assert.Equal(
            ["/boot", "/", "/var"],
            JsonDocument.Parse(run.Output).RootElement.EnumerateArray().Select(row => row.GetProperty("mount_points")[0].GetString()));
    }

    [Fact]
    public async Task Check_finds_nothing_in_a_sound_image_and_reads_what_is_left_of_a_damaged_one()
    {
        var damaged = Path.Combine(_folder, "damaged.qcow2");
        var bytes = await File.ReadAllBytesAsync(SampleImage.Path);
        bytes.AsSpan(bytes.Length / 2, 200_000).Fill(0x55);
        await File.WriteAllBytesAsync(damaged, bytes);

        var sound = await RunAsync("check", SampleImage.Path);
        var broken = await RunAsync("check", damaged, "--content", "--json");

        Assert.True(sound.ExitCode == 0, sound.Output);
        Assert.Contains("0 damages", sound.Output, StringComparison.Ordinal);
        var report = JsonDocument.Parse(broken.Output).RootElement;
        Assert.Equal(1, broken.ExitCode);
        Assert.NotEqual(0, report.GetProperty("damages").GetArrayLength());
        Assert.InRange(report.GetProperty("files").GetInt32(), 1000, 3569);
    }

    [Fact]
    public async Task What_is_not_there_or_no_such_format_is_refused_in_one_line()
    {
        var missing = await RunAsync("info", Path.Combine(_folder, "none"));
        var mismatch = await RunAsync("info", SampleImage.Path, "--format", "vhdx");
        var path = await RunAsync("cat", SampleImage.Path, "/no/such/file");

        Assert.Equal((2, 2, 2), (missing.ExitCode, mismatch.ExitCode, path.ExitCode));
        Assert.All([missing, mismatch, path], run => Assert.Single(run.Error.Trim().Split('\n')));
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params IEnumerable<string> arguments)
    {
        var start = BuiltPrograms.Start(BuiltPrograms.Command, ["image", .. arguments]);
        start.StandardOutputEncoding = Encoding.UTF8;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The command did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
