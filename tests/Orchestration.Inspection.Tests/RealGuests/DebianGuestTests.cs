using System.Text.Json;
using Orchestration.DiskImages;
using Orchestration.DiskImages.Sources;
using Orchestration.Inspection.Languages;
using Orchestration.Inspection.Mapping;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.RealGuests;

/// <summary>A real Debian on a real disk of three partitions, beside what Debian's own tools say of the same root.</summary>
public sealed class DebianGuestTests
{
    private static readonly Lazy<Guest> Shared = new(() =>
    {
        var image = DiskImage.Open(new FileByteSource(DebianRoot.Disk));
        return Guest.Open(image, GuestMapper.Map(image));
    });

    private static Guest Guest => Shared.Value;

    [RequiresDebianRootFact]
    public void The_root_is_assembled_from_all_partitions()
    {
        var map = Guest.Map;

        Assert.Equal(("raw", "gpt", "/dev/sda2"), (map.Disk.Format, map.Disk.PartitionScheme, map.RootDevice));
        Assert.Equal(
            [("/", "/dev/sda2"), ("/boot", "/dev/sda1"), ("/var", "/dev/sda3")],
            map.Mounts.Where(mount => mount.State == MountState.Mounted).Select(mount => (mount.MountPoint, mount.Device ?? "")));
        Assert.Equal(MountState.Listed, map.Mounts.Single(mount => mount.MountPoint == "/tmp").State);
        Assert.Empty(map.Warnings);
    }

    [RequiresDebianRootFact]
    public void A_map_survives_a_checkpoint()
    {
        var options = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
        var stored = JsonSerializer.Serialize(Guest.Map, options);
        var map = JsonSerializer.Deserialize<GuestMap>(stored, options);
        Assert.NotNull(map);

        using var image = DiskImage.Open(new FileByteSource(DebianRoot.Disk));
        Assert.Equal(Guest.Packages.Installed, Inspection.Guest.Open(image, map).Packages.Installed);
        Assert.Equal(stored, JsonSerializer.Serialize(map, options));
    }

    [RequiresDebianRootFact("dpkg-query")]
    public void Packages_are_those_that_dpkg_query_lists()
    {
        var listing = Tool.Run(
            "dpkg-query",
            $"--admindir={DebianRoot.Folder}/var/lib/dpkg",
            "-W",
            "-f",
            "${Package}|${Version}|${Architecture}|${source:Package}|${source:Version}|${Section}|${Essential}|${db:Status-Status}\\n");
        var expected = listing.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.EndsWith("|installed", StringComparison.Ordinal))
            .Select(line => line.Replace("|yes|", "|True|", StringComparison.Ordinal).Replace("|no|", "|False|", StringComparison.Ordinal));

        var found = Guest.Packages.Installed.Select(package =>
            $"{package.Name}|{package.Version}|{package.Architecture}|{package.SourceName}|{package.SourceVersion}|{package.Section}|{package.Essential}|{package.Status}");

        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.InRange(Guest.Packages.Installed.Count, 100, 1000);
    }

    [RequiresDebianRootFact("systemctl")]
    public void Unit_states_are_those_that_systemctl_lists()
    {
        var listing = Tool.Run("systemctl", $"--root={DebianRoot.Folder}", "list-unit-files", "--no-legend", "--no-pager");
        var expected = listing.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(words => words[0], words => words[1]);

        var found = Guest.Services.Units.Where(unit => unit.File.Contains("systemd", StringComparison.Ordinal)).ToDictionary(unit => unit.Name, unit => unit.State);

        Assert.Equal(expected.OrderBy(pair => pair.Key, StringComparer.Ordinal), found.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [RequiresDebianRootFact("systemctl")]
    public void Presets_are_those_that_systemctl_lists()
    {
        var listing = Tool.Run("systemctl", $"--root={DebianRoot.Folder}", "list-unit-files", "--no-legend", "--no-pager");
        var expected = listing.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words[2] != "-").ToDictionary(words => words[0], words => words[2]);

        var found = Guest.Services.Units.Where(unit => expected.ContainsKey(unit.Name)).ToDictionary(unit => unit.Name, unit => unit.Preset ?? "-");

        Assert.Equal(expected.OrderBy(pair => pair.Key, StringComparer.Ordinal), found.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Assert.InRange(expected.Count, 20, 500);
    }

    [RequiresDebianRootFact("chroot")]
    public void The_ssh_configuration_is_what_sshd_itself_would_use()
    {
        // Host keys are made here because sshd refuses to print anything without one.
        Tool.Run("chroot", DebianRoot.Folder, "sh", "-c", "mkdir -p /run/sshd && ssh-keygen -A >/dev/null");
        var effective = Tool.Run("chroot", DebianRoot.Folder, "/usr/sbin/sshd", "-T", "-C", "user=nobody,host=localhost,addr=127.0.0.1")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 2))
            .ToLookup(words => words[0], words => words.ElementAtOrDefault(1) ?? "");

        var compared = Guest.Ssh.Options.Where(option => effective.Contains(option.Keyword) && option.Keyword is not ("acceptenv" or "subsystem"))
            .DistinctBy(option => option.Keyword).ToList();

        Assert.InRange(compared.Count, 25, 100);
        Assert.All(compared, option => Assert.Equal(
            effective[option.Keyword].First().Replace("without-password", "prohibit-password", StringComparison.Ordinal), option.Value));
        Assert.Equal("User alice", Assert.Single(Guest.Ssh.Matches).Criteria);
    }

    [RequiresDebianRootFact]
    public void The_system_is_recognised()
    {
        var system = Guest.OperatingSystem;

        Assert.Equal(
            ("debian", "bookworm", "web01", "x86_64", "deb", "apt", "systemd"),
            (system.Distribution, system.Codename, system.Hostname, system.Architecture, system.PackageFormat, system.PackageManager, system.InitSystem));
        Assert.Equal(File.ReadAllText($"{DebianRoot.Folder}/etc/debian_version").Trim(), system.Version);
    }

    [RequiresDebianRootFact]
    public void Users_groups_and_the_firewall_are_read()
    {
        var alice = Guest.Users.Users.Single(user => user.Name == "alice");

        Assert.Equal(("sha512", 1, true), (alice.Password.Algorithm, alice.AuthorizedKeys, alice.Groups.Contains("sudo")));
        Assert.Equal(["alice"], Guest.Users.Administrators);
        Assert.Equal(File.ReadLines($"{DebianRoot.Folder}/etc/passwd").Count(), Guest.Users.Users.Count);
        Assert.Equal("ufw", Assert.Single(Guest.Firewall.Active).Name);
    }

    [RequiresDebianRootFact]
    public void No_fact_of_a_sound_guest_has_a_warning()
    {
        FactSet[] facts =
        [
            Guest.OperatingSystem, Guest.Packages, Guest.Services, Guest.Users, Guest.Network, Guest.Ssh, Guest.Firewall, Guest.AccessControl,
            Guest.Scheduling, Guest.Boot, Guest.Storage, Guest.KernelSettings, Guest.Authentication, Guest.Logging, Guest.Certificates,
        ];

        Assert.Empty(facts.SelectMany(fact => fact.Warnings));
    }

    [RequiresDebianRootFact]
    public void Packages_of_languages_in_a_plain_Debian_are_all_the_distributions_own()
    {
        var facts = LanguageScanner.Scan(Guest, new LanguageScanOptions(), CancellationToken.None);

        Assert.True(facts.Complete);
        Assert.Empty(facts.Warnings);
        Assert.InRange(facts.Directories, 100, 100_000);
        Assert.All(facts.Found, package => Assert.True(package.Owner is not null, package.ToString()));
    }
}
