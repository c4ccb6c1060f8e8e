using Orchestration.Inspection.Boot;
using Orchestration.Inspection.Services;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.AccessControl;

/// <summary>SELinux by selinux_config(5) and AppArmor by its package's layout, each as the default kernel command line changes it.</summary>
internal static class AccessControlReader
{
    private const string Configuration = "/etc/selinux/config";

    private const string Profiles = "/etc/apparmor.d";

    private static readonly string[] AppArmorPrograms = ["/usr/sbin/apparmor_parser", "/sbin/apparmor_parser"];

    public static IReadOnlyList<string> Paths { get; } = [Configuration, $"{Profiles}/disable/*"];

    public static IReadOnlyList<string> HeaderPaths { get; } = ["/etc/selinux/*/policy", $"{Profiles}/*", .. AppArmorPrograms];

    public static AccessControlFacts Read(FactReader reader, ServiceFacts services, BootFacts boot) => new()
    {
        Selinux = ReadSelinux(reader, boot),
        AppArmor = ReadAppArmor(reader, services, boot),
        Warnings = reader.Warnings,
    };

    private static SelinuxState ReadSelinux(FactReader reader, BootFacts boot)
    {
        var parameters = boot.Parameters("selinux", "enforcing", "security", "lsm");
        var text = reader.Text(Configuration);
        var settings = ShellAssignments.Parse(text ?? "");
        var mode = settings.GetValueOrDefault("SELINUX");
        var hasPolicy = reader.Glob("/etc/selinux/*/policy").Count > 0;
        return new SelinuxState(
            hasPolicy,
            mode?.Value.ToLowerInvariant() is not { } configured || (text is null && !hasPolicy) ? null
                : parameters.Contains("selinux=0") ? "disabled"
                : configured == "enforcing" && parameters.Contains("enforcing=0") ? "permissive"
                : configured,
            settings.GetValueOrDefault("SELINUXTYPE")?.Value,
            parameters,
            text is null ? null : Configuration,
            mode?.Line);
    }

    private static AppArmorState ReadAppArmor(FactReader reader, ServiceFacts services, BootFacts boot)
    {
        var parameters = boot.Parameters("apparmor", "security", "lsm");
        var isInstalled = AppArmorPrograms.Any(reader.Exists);
        var isTurnedOff = parameters.Contains("apparmor=0")
            || parameters.Any(parameter => parameter.StartsWith("security=", StringComparison.Ordinal) && parameter != "security=apparmor");
        return new AppArmorState(
            isInstalled,
            isInstalled && services.IsActivated("apparmor") && !isTurnedOff,
            reader.List(Profiles).Count(file => file.IsRegular),
            [.. reader.List($"{Profiles}/disable").Select(file => file.Name)],
            parameters);
    }
}
