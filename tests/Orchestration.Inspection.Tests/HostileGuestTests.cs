using System.Text;
using Orchestration.GuestFixtures;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests;

/// <summary>Guests made to exhaust whoever reads them. Each must be read in seconds, on a machine with nothing else to do, with a warning where something is left out.</summary>
public sealed class HostileGuestTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Files_that_include_each_other_many_times_end()
    {
        var sshd = string.Concat(Enumerable.Repeat("Include *.conf\n", 500));
        var guest = new GuestBuilder().File("/etc/ssh/sshd_config", sshd).File("/etc/ssh/a.conf", sshd).File("/etc/ssh/b.conf", sshd)
            .File("/etc/sudoers", string.Concat(Enumerable.Repeat("@include /etc/sudoers\n@includedir /etc/sudoers.d\n", 500)))
            .File("/etc/sudoers.d/a", string.Concat(Enumerable.Repeat("@includedir /etc/sudoers.d\n", 500))).File("/etc/sudoers.d/b", "@include a\n")
            .File("/etc/network/interfaces", string.Concat(Enumerable.Repeat("source /etc/network/interfaces\n", 500))).Build();

        await Within(() => (guest.Ssh, guest.Users, guest.Network));

        Assert.NotEmpty(guest.Ssh.Warnings);
    }

    [Fact]
    public async Task Continued_lines_without_end_are_read_in_linear_time()
    {
        var continued = string.Concat(Enumerable.Repeat("\\\n", 1_500_000));
        var guest = new GuestBuilder().File("/usr/lib/systemd/system/a.service", continued).File("/etc/sudoers", continued)
            .File("/var/lib/dpkg/status", "Package: a\nStatus: install ok installed\nVersion: 1\nDescription: x\n" + string.Concat(Enumerable.Repeat(" x\n", 1_000_000))).Build();

        await Within(() => (guest.Services, guest.Users, guest.Packages));

        Assert.True(guest.Packages.Has("a"));
    }

    [Fact]
    public async Task Lines_made_for_regular_expressions_are_read_in_linear_time()
    {
        const int Length = 2_000_000;
        var guest = new GuestBuilder()
            .File("/boot/grub/grub.cfg", "menuentry 'x' " + Repeat("--id ", Length))
            .File("/etc/nftables.conf", Repeat("type filter hook input ", Length))
            .File("/etc/rsyslog.conf", Repeat("@", Length) + "\n* " + Repeat("@ ", Length))
            .File("/etc/pam.d/login", "auth [" + Repeat("[", Length)).Build();

        await Within(() => (guest.Boot, guest.Firewall, guest.Logging, guest.Authentication));

        Assert.Empty(guest.Boot.Entries);
    }

    [Fact]
    public async Task A_user_list_of_fifty_megabytes_is_not_read_and_said_to_be_unread()
    {
        var guest = new GuestBuilder().File("/etc/passwd", Repeat("a:x:0:0::/:/bin/sh\n", 50 << 20)).Build();

        await Within(() => guest.Users);

        Assert.Equal(("/etc/passwd", true), (Assert.Single(guest.Users.Warnings).File, guest.Users.Warnings[0].Unreadable));
    }

    [Fact]
    public async Task A_directory_of_a_hundred_thousand_units_is_refused()
    {
        var builder = new GuestBuilder();
        for (var number = 0; number <= 100_000; number++)
        {
            builder.File($"/etc/systemd/system/{number}.service");
        }

        var guest = builder.Build();

        await Within(() => guest.Services);

        Assert.Contains(guest.Services.Warnings, warning => warning.Unreadable && warning.Message.Contains("100000", StringComparison.Ordinal));
    }

    [LongFact]
    public async Task A_million_units_are_inspected_within_the_limits()
    {
        // As many as directories may hold, in every place that units are looked for, in drop-ins of one unit, and in directories below.
        var builder = new GuestBuilder();
        var units = 0;
        foreach (var directory in (string[])["/etc/systemd/system", "/usr/lib/systemd/system", "/usr/local/lib/systemd/system", "/etc/systemd/system/multi-user.target.wants", "/etc/init.d"])
        {
            for (var number = 0; number < 99_000; number++, units++)
            {
                builder.File($"{directory}/unit-{number}.service", "[Unit]\nDescription=x\n[Install]\nWantedBy=multi-user.target\n");
            }
        }

        for (var unit = 0; unit < 600; unit++)
        {
            for (var number = 0; number < 850; number++, units++)
            {
                builder.File($"/etc/systemd/system/unit-{unit}.service.d/{number}.conf", "[Service]\nUser=root\n");
            }
        }

        Assert.InRange(units, 1_000_000, int.MaxValue);
        var guest = builder.Build();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await Within(() => (guest.Services, guest.Scheduling, guest.Software, guest.Firewall));

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, 0, 2L << 30);
        Assert.InRange(guest.Services.Units.Count, 1, units);
    }

    [Fact]
    public async Task Many_names_for_one_large_file_do_not_make_it_read_for_ever()
    {
        var large = Encoding.ASCII.GetBytes(Repeat($"#{new string('x', 1000)}\n", 4 << 20));
        var builder = new GuestBuilder();
        for (var number = 0; number < 5000; number++)
        {
            builder.File($"/boot/loader/entries/{number}.conf", large).File($"/etc/sysconfig/network-scripts/ifcfg-eth{number}", large).File($"/var/lib/pacman/local/{number}/desc", large);
        }

        var guest = builder.Build();

        await Within(() => (guest.Boot, guest.Network, guest.Packages));

        Assert.All(new FactSet[] { guest.Boot, guest.Network, guest.Packages }, facts => Assert.Contains(facts.Warnings, warning => warning.Unreadable && warning.Message.Contains("together", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Aliases_that_multiply_a_small_file_are_refused()
    {
        var yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var level = 1; level < 12; level++)
        {
            yaml.Append($"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 10))}]\n");
        }

        var guest = new GuestBuilder().File("/etc/netplan/01.yaml", yaml.ToString()).File("/etc/netplan/02.yaml", Repeat("[", 100_000)).Build();

        await Within(() => guest.Network);

        Assert.Equal(["/etc/netplan/01.yaml", "/etc/netplan/02.yaml"], guest.Network.Warnings.Select(warning => warning.File));
    }

    [Fact]
    public void Control_characters_in_what_a_guest_calls_itself_do_not_reach_a_terminal()
    {
        var system = new GuestBuilder().File("/etc/os-release", "ID=debian\nPRETTY_NAME=\"De\u001b[2Jbian\u0007\"\n").File("/etc/hostname", "we\u001b]0;x\u0007b\n").Build().OperatingSystem;

        Assert.Equal(("De\uFFFD[2Jbian\uFFFD", "we\uFFFD]0;x\uFFFDb"), (system.ProductName, system.Hostname));
    }

    [Fact]
    public async Task A_registry_whose_list_names_one_key_many_times_ends()
    {
        var hive = new RegistryHiveBuilder();
        for (var number = 0; number < 20_000; number++)
        {
            hive.Number(@"ControlSet001\Services\Only", $"Value{number}", 1);
        }

        for (var number = 0; number < 60_000; number++)
        {
            hive.Key($@"ControlSet001\Services\K{number}");
        }

        // Every entry of the list of services is made the one with the many values.
        var file = hive.Build();
        var list = file.AsSpan().IndexOf("lf"u8);
        for (; list >= 0 && BitConverter.ToUInt16(file, list + 2) < 60_000;)
        {
            var next = file.AsSpan(list + 2).IndexOf("lf"u8);
            list = next < 0 ? -1 : list + 2 + next;
        }

        var only = BitConverter.GetBytes((uint)(file.AsSpan().IndexOf("Only"u8) - 76 - 4 - 4096));
        for (var entry = 0; entry < 60_000; entry++)
        {
            only.CopyTo(file, list + 4 + (8 * entry));
        }

        var guest = new GuestBuilder("ntfs").File("/Windows/System32/config/SOFTWARE", new RegistryHiveBuilder().Build()).File("/Windows/System32/config/SYSTEM", file).Build();

        await Within(() => guest.Windows);

        Assert.Contains("many times", Assert.Single(guest.Windows.Warnings).Message, StringComparison.Ordinal);
    }

    private static string Repeat(string text, int length) => new StringBuilder().Insert(0, text, length / text.Length).ToString();

    private static Task<T> Within<T>(Func<T> read) => Task.Factory.StartNew(read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(Moment);
}
