using static Orchestration.Profiles.Tests.Examples.CheckExamples;

namespace Orchestration.Profiles.Tests.Examples;

internal static class AccountExamples
{
    public static IReadOnlyList<CheckExample> All { get; } =
    [
        new("GK-USR-001", Peopled(), Peopled(People + "toor:x:0:0::/root:/bin/sh\n")),
        new("GK-USR-002", Peopled(), Peopled(hashes: "root::20000:0:99999:7:::\n")),
        new("GK-USR-003", Peopled(), Peopled(People + "games:x:5:60::/usr/games:/bin/bash\n")),
        new("GK-USR-005", Peopled().Directory("/home/alice"), Peopled()),
        new("GK-USR-006", Peopled(), Peopled(hashes: "alice:$1$salt$hash:20000:0:99999:7:::\n")),
        new("GK-USR-007", Peopled(), Peopled("alice:$6$salt$hash:1000:1000::/home/alice:/bin/bash\n")),
        new("GK-USR-008", Peopled(), Peopled(People + "bob:x:1000:1000::/home/bob:/bin/bash\n")),
        new("GK-USR-009", Peopled().File("/etc/sudoers", "%sudo ALL=(ALL) ALL\n"), Peopled().File("/etc/sudoers", "%sudo ALL=(ALL) NOPASSWD: ALL\n")),
        new("GK-USR-010", Peopled(), Peopled(People + "bob:x:1001:0::/home/bob:/bin/bash\n")),
        new("GK-USR-011", Peopled(), Peopled(groups: Groups + "wheel:x:0:\n")),
        new("GK-USR-012", Peopled(), Peopled(hashes: "root::20000:0:99999:7:::\n")),
        new("GK-USR-013", Peopled(), Peopled(hashes: "bin:$y$j9T$a$b:20000:0:99999:7:::\n")),
        new("GK-USR-014", Peopled(), Peopled(People + "bob:x:1001:4711::/home/bob:/bin/bash\n")),
        new("GK-USR-015", Peopled(), Peopled(groups: "root:x:0:\nshadow:x:42:alice\n")),
        new("GK-USR-016", Peopled().File("/etc/default/useradd", "INACTIVE=30\n"), Peopled().File("/etc/default/useradd", "INACTIVE=-1\n")),
        new("GK-USR-017", Peopled(), Peopled(hashes: "alice:$y$j9T$a$b:30000:0:99999:7:::\n")),
        new("GK-USR-018", Peopled(), Peopled().File("/home/alice/.netrc")),
        new("GK-USR-019", Peopled(), Peopled(People + "+::::::\n")),
        new("GK-USR-020", Peopled().File("/etc/shells", "/bin/bash\n"), Peopled().File("/etc/shells", "/bin/bash\n/usr/sbin/nologin\n")),
        new("GK-USR-021", Peopled().File("/etc/profile.d/idle.sh", "readonly TMOUT=900\n"), Peopled().File("/etc/profile", "TMOUT=3600\n")),
        new("GK-USR-022", Peopled(), Peopled().File("/etc/hosts.equiv", "trusted.example.com\n")),
    ];
}
