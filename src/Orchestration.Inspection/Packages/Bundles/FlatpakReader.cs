using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Packages.Bundles;

/// <summary>Flatpaks installed for all users: <c>app/id/architecture/branch/active</c> is a link to the commit in use.</summary>
internal static class FlatpakReader
{
    private const string Root = "/var/lib/flatpak";

    public static IReadOnlyList<ApplicationBundle> Read(FactReader reader) =>
    [
        .. from kind in (string[])["app", "runtime"]
           from path in reader.Glob($"{Root}/{kind}/*/*/*/active")
           let names = GuestPath.Split(path)
           let commit = reader.Link(path)
           select new ApplicationBundle(
               "flatpak", names[^4], kind, commit is null ? null : GuestPath.Name(commit), names[^2], names[^3], Enabled: true, GuestPath.Parent(path)),
    ];
}
