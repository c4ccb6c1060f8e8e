using Orchestration.Inspection.Tests.Support;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.Services;

/// <summary>The odd ways in which a unit may be enabled or not, beside what <c>systemctl --root</c> says of the same files.</summary>
public sealed class UnitStateTests : IDisposable
{
    private const string Etc = "/etc/systemd/system";
    private const string Lib = "/usr/lib/systemd/system";
    private const string Wants = $"{Etc}/multi-user.target.wants";
    private const string Install = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("unit-state-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [RequiresToolFact("systemctl")]
    public void States_and_presets_are_those_that_systemctl_lists()
    {
        var guest = new FolderGuest(_folder)
            .File("/etc/systemd/system-preset/10-site.preset", "enable worker@.service one two\ndisable worker@three.service\nenable plain.*\ndisable *.timer\n; no rule\ndisable *\nenable late.service\n")
            .File($"{Lib}/worker@.service", Install + "DefaultInstance=main\n").Link($"{Wants}/worker@one.service", $"{Lib}/worker@.service")
            .File($"{Lib}/default@.service", Install + "DefaultInstance=a\n").Link($"{Wants}/default@a.service", $"{Lib}/default@.service").Link($"{Wants}/default@b.service", $"{Lib}/default@.service")
            .File($"{Lib}/nodefault@.service", Install).Link($"{Wants}/nodefault@x.service", $"{Lib}/nodefault@.service")
            .File($"{Lib}/whole@.service", Install).Link($"{Wants}/whole@.service", $"{Lib}/whole@.service")
            .File($"{Lib}/own@.service", Install).File($"{Etc}/own@inst.service", Install).Link($"{Wants}/own@inst.service", $"{Etc}/own@inst.service")
            .File($"{Lib}/plain.service", Install).File($"{Lib}/late.service", Install).File($"{Lib}/hard.timer", "[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n")
            .File($"{Lib}/also.service", "[Install]\nAlso=plain.service\n")
            .File($"{Lib}/main.service", "[Install]\nAlias=other.service\n").Link($"{Etc}/other.service", $"{Lib}/main.service")
            .File($"{Lib}/many.service", "[Install]\nWantedBy=multi-user.target \\\n graphical.target\nAlias=m2.service m3.service\n").Link($"{Etc}/m3.service", $"{Lib}/many.service")
            .File("/opt/outside.service", Install).Link($"{Etc}/outside.service", "/opt/outside.service")
            .File("/opt/started.service", Install).Link($"{Etc}/started.service", "/opt/started.service").Link($"{Wants}/started.service", "/opt/started.service")
            .File($"{Etc}/empty.service", "").File($"{Lib}/masked.service", Install).Link($"{Etc}/masked.service", "/dev/null")
            .File("/usr/local/lib/systemd/system/local.service", Install)
            .File($"{Lib}/changed.service", "[Service]\nExecStart=/bin/true\n").File($"{Etc}/changed.service.d/install.conf", "[Install]\nWantedBy=multi-user.target\n")
            .File($"{Lib}/relative.service", Install).Link($"{Wants}/relative.service", "../../../../usr/lib/systemd/system/relative.service")
            .File($"{Lib}/misled.service", Install).Link($"{Wants}/misled.service", $"{Lib}/other-name.service")
            .File($"{Lib}/vendor.service", "[Service]\nExecStart=/bin/true\n").Link($"{Lib}/multi-user.target.wants/vendor.service", "../vendor.service")
            .File($"{Lib}/reset.service", Install + "WantedBy=\n").File($"{Lib}/bad.service", "nonsense")
            .Build();

        var listed = Tool.Run("systemctl", $"--root={_folder}", "list-unit-files", "--no-legend", "--no-pager").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        var found = guest.Services.Units.Select(unit => $"{unit.Name} {unit.State} {unit.Preset ?? "-"}");

        Assert.Equal(listed.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }
}
