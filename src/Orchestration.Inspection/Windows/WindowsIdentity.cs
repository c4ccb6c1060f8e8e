using System.Globalization;
using Orchestration.Inspection.OperatingSystems;

namespace Orchestration.Inspection.Windows;

/// <summary>Which Windows the guest is.</summary>
internal static class WindowsIdentity
{
    private const string CurrentVersion = @"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion";

    private const string Control = @"HKLM\SYSTEM\CurrentControlSet";

    /// <summary>From this build on a client is Windows 11, whose registry goes on saying "Windows 10".</summary>
    private const int FirstBuildOf11 = 22000;

    public static OperatingSystemFacts Read(FactReader reader, WindowsRegistry registry)
    {
        string? Text(string path, string name) => Try(() => registry.Value(path, name)?.Text, null);
        long? Number(string path, string name) => Try(() => registry.Value(path, name)?.Number, null);
        T Try<T>(Func<T> read, T nothing)
        {
            try
            {
                return read();
            }
            catch (InspectionException exception)
            {
                reader.WarnUnreadable(exception.Path ?? registry.SystemRoot, exception.Message);
                return nothing;
            }
        }

        var build = Text(CurrentVersion, "CurrentBuildNumber") ?? Text(CurrentVersion, "CurrentBuild");
        var revision = Number(CurrentVersion, "UBR");
        var installation = Text(CurrentVersion, "InstallationType");
        var (major, minor) = (Number(CurrentVersion, "CurrentMajorVersionNumber"), Number(CurrentVersion, "CurrentMinorVersionNumber"));
        if (major is null && Text(CurrentVersion, "CurrentVersion")?.Split('.') is [var first, var second, ..])
        {
            // Before Windows 10 there was only this.
            (major, minor) = (Integer(first), Integer(second));
        }

        var product = Text(CurrentVersion, "ProductName");
        if (installation == "Client" && Integer(build) >= FirstBuildOf11)
        {
            product = product?.Replace("Windows 10", "Windows 11", StringComparison.Ordinal);
        }

        return new OperatingSystemFacts
        {
            Type = "windows",
            Distribution = "windows",
            Family = "windows",
            ProductName = product,
            Version = major is null ? null : string.Create(CultureInfo.InvariantCulture, $"{major}.{minor}{(build is null ? "" : $".{build}")}"),
            MajorVersion = (int?)major,
            MinorVersion = (int?)minor,
            Codename = Text(CurrentVersion, "DisplayVersion") ?? Text(CurrentVersion, "ReleaseId"),
            Variant = installation,
            Edition = Text(CurrentVersion, "EditionID"),
            BuildId = build is null || revision is null ? build : string.Create(CultureInfo.InvariantCulture, $"{build}.{revision}"),
            Hostname = Text($@"{Control}\Services\Tcpip\Parameters", "Hostname") ?? Text($@"{Control}\Control\ComputerName\ComputerName", "ComputerName"),
            Architecture = Text($@"{Control}\Control\Session Manager\Environment", "PROCESSOR_ARCHITECTURE")?.ToUpperInvariant() switch
            {
                "AMD64" => "x86_64",
                "X86" => "i686",
                "ARM64" => "aarch64",
                _ => null,
            },
            PackageFormat = "msi",
            PackageManager = "none",
            MachineId = Text(@"HKLM\SOFTWARE\Microsoft\Cryptography", "MachineGuid"),
            InitSystem = "windows",
            Warnings = reader.Warnings,
        };
    }

    private static int? Integer(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
