using Orchestration.Inspection;

namespace Orchestration.Profiles.Checks.Windows;

/// <summary>What checks of Windows servers have in common.</summary>
internal static class WindowsCheck
{
    public static Check Make(string id, string title, Severity severity, Func<Guest, Judgement> evaluate) => Make(id, title, severity, (guest, _) => evaluate(guest));

    public static Check Make(string id, string title, Severity severity, Func<Guest, DateOnly, Judgement> evaluate) =>
        new(id, title, severity, [ProfileCatalog.WindowsServer, ProfileCatalog.Security], evaluate)
        {
            Remediation = "",
            Systems = GuestSystems.Windows,
            AppliesTo = "every Windows guest",
        };
}
