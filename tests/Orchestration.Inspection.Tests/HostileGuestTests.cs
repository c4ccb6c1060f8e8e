using System.Text;
using Orchestration.GuestFixtures;

namespace Orchestration.Inspection.Tests;

/// <summary>Guests made to exhaust whoever reads them. Each must be read in a moment, with a warning where something is left out.</summary>
public sealed class HostileGuestTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(20);

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

    private static string Repeat(string text, int length) => new StringBuilder().Insert(0, text, length / text.Length).ToString();

    private static Task<T> Within<T>(Func<T> read) => Task.Factory.StartNew(read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(Moment);
}
