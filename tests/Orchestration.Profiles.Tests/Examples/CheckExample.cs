using Orchestration.GuestFixtures;

namespace Orchestration.Profiles.Tests.Examples;

/// <summary>Two guests that a check tells apart.</summary>
public sealed record CheckExample(string Id, GuestBuilder Passes, GuestBuilder Fails);

/// <summary>Guests that examples begin with, and every example there is.</summary>
internal static class CheckExamples
{
    public const string People = "root:x:0:0:root:/root:/bin/bash\nbin:x:1:1::/bin:/usr/sbin/nologin\nalice:x:1000:1000::/home/alice:/bin/bash\n";

    public const string Groups = "root:x:0:\nbin:x:1:\nshadow:x:42:\nadm:x:4:\nalice:x:1000:\n";

    public const string Hashes = "root:!:20000:1:60:7:30::\nbin:*:20000:0:99999:7:::\nalice:$y$j9T$a$b:20000:1:60:7:30::\n";

    public static IReadOnlyList<CheckExample> All { get; } =
        [.. AccessExamples.All, .. AccountExamples.All, .. SoftwareExamples.All, .. KernelExamples.All, .. FileExamples.All, .. RecordExamples.All, .. WorkloadExamples.All, .. MovingExamples.All, .. WindowsExamples.All];

    /// <summary>Checks that report a number and object to nothing.</summary>
    public static IReadOnlyList<string> OnlyInform { get; } = ["GK-SSH-003", "GK-USR-004", "GK-SVC-003", "GK-TLS-001"];

    /// <summary>Checks about what only a running guest knows.</summary>
    public static IReadOnlyList<string> NeverAnswer { get; } = ["GK-RUN-001", "GK-RUN-002", "GK-RUN-003"];

    /// <summary>Checks about the disk's own layout, which is known before any file of the guest is read.</summary>
    public static IReadOnlyList<string> OfTheDisk { get; } = ["GK-MIG-033", "GK-MIG-034"];

    /// <summary>A guest of which nothing can be read but that it has a root.</summary>
    public static GuestBuilder Unreadable()
    {
        var guest = new GuestBuilder();
        foreach (var directory in (string[])["/etc", "/usr", "/var", "/boot", "/lib", "/lib64", "/bin", "/sbin", "/root", "/home", "/run", "/tmp", "/dev", "/srv", "/opt", "/Windows"])
        {
            guest.Directory(directory).MissingMount(directory, "the file system is damaged");
        }

        return guest;
    }

    /// <summary>A guest that boots: units and a kernel.</summary>
    public static GuestBuilder Booted() =>
        new GuestBuilder().Unit("basic.target", "[Unit]\n").File("/boot/vmlinuz-6.1.0-25-amd64").Directory("/lib/modules/6.1.0-25-amd64");

    public static GuestBuilder Peopled(string people = People, string groups = Groups, string hashes = Hashes) =>
        new GuestBuilder().File("/etc/passwd", people).File("/etc/group", groups).File("/etc/shadow", hashes, 640, group: 42);

    public static GuestBuilder Release(string content) => new GuestBuilder().File("/etc/os-release", content);
}
