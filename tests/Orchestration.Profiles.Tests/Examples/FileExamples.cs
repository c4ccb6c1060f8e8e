using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orchestration.GuestFixtures;
using static Orchestration.Profiles.Tests.Examples.CheckExamples;

namespace Orchestration.Profiles.Tests.Examples;

internal static class FileExamples
{
    public static IReadOnlyList<CheckExample> All { get; } =
    [
        Mode("GK-FILE-001", "/etc/passwd", 644, 666),
        Mode("GK-FILE-002", "/etc/group", 644, 664),
        Mode("GK-FILE-003", "/etc/shadow", 640, 644),
        Mode("GK-FILE-004", "/etc/gshadow", 640, 644),
        Mode("GK-FILE-005", "/etc/sudoers", 440, 444),
        Mode("GK-FILE-006", "/etc/crontab", 600, 644),
        new("GK-FILE-007", new GuestBuilder().Directory("/tmp", 1777), new GuestBuilder().Directory("/tmp", 777)),
        new("GK-FILE-008", Peopled().Directory("/home/alice", 700, 1000), Peopled().Directory("/home/alice", 755, 1000)),
        Mode("GK-FILE-009", "/etc/shells", 644, 666),
        Mode("GK-FILE-010", "/etc/security/opasswd", 600, 644),
        new("GK-FILE-011", new GuestBuilder().File("/etc/crontab").File("/etc/cron.allow", "root\n", 640), new GuestBuilder().File("/etc/crontab").File("/etc/cron.deny")),
        new("GK-FILE-012", new GuestBuilder().File("/usr/bin/at").File("/etc/at.allow", "root\n", 640), new GuestBuilder().File("/usr/bin/at").File("/etc/at.deny")),
        Mode("GK-FILE-013", "/var/log/syslog", 640, 644),
        new("GK-FILE-014", new GuestBuilder().Directory("/root", 700), new GuestBuilder().Directory("/root", 755)),
        new("GK-FILE-015", Peopled(), Peopled().Directory("/home/alice").File("/home/alice/.aws/credentials")),

        Text("GK-BAN-001", "/etc/motd"),
        Text("GK-BAN-002", "/etc/issue"),
        Text("GK-BAN-003", "/etc/issue.net"),
        Mode("GK-BAN-004", "/etc/motd", 644, 664),
        Mode("GK-BAN-005", "/etc/issue", 644, 664),
        Mode("GK-BAN-006", "/etc/issue.net", 644, 664),

        Separate("GK-FS-001", "/tmp"),
        Options("GK-FS-002", "/tmp"),
        Separate("GK-FS-003", "/var/tmp"),
        Options("GK-FS-004", "/var/tmp"),
        Separate("GK-FS-005", "/home"),
        Options("GK-FS-006", "/home"),
        Separate("GK-FS-007", "/var"),
        Options("GK-FS-008", "/var"),
        Separate("GK-FS-009", "/var/log"),
        Options("GK-FS-010", "/var/log"),
        Separate("GK-FS-011", "/var/log/audit"),
        Options("GK-FS-012", "/dev/shm"),
        Options("GK-FS-013", "/var/log/audit"),

        Mode("GK-TLS-002", "/etc/ssl/private/web.key", 600, 644),
        new("GK-TLS-003", Certificate(2048, CheckAssert.Today), Certificate(2048, CheckAssert.Today.AddDays(-1))),
        new("GK-TLS-004", Certificate(2048, CheckAssert.Today), Certificate(1024, CheckAssert.Today)),
        new("GK-TLS-005", new GuestBuilder().File("/etc/crypto-policies/config", "DEFAULT\n"), new GuestBuilder().File("/etc/crypto-policies/config", "LEGACY\n")),
    ];

    private static CheckExample Mode(string id, string path, int right, int wrong) =>
        new(id, new GuestBuilder().File(path, "", right), new GuestBuilder().File(path, "", wrong));

    private static CheckExample Text(string id, string path) => new(
        id,
        Release("ID=debian\n").File(path, "Authorized users only.\n"),
        Release("ID=debian\n").File(path, "Debian GNU/Linux 12 \\n \\l\n"));

    private static CheckExample Separate(string id, string path) => new(id, Fstab($"/dev/vg/lv {path} ext4 defaults 0 2"), Fstab($"#/dev/vg/lv {path} ext4 defaults 0 2"));

    private static CheckExample Options(string id, string path) => new(id, Fstab($"/dev/vg/lv {path} ext4 nodev,nosuid,noexec 0 2"), Fstab($"/dev/vg/lv {path} ext4 nodev 0 2"));

    private static GuestBuilder Fstab(string line) => new GuestBuilder().File("/etc/fstab", line + "\n");

    private static GuestBuilder Certificate(int bits, DateOnly lastDay)
    {
        using var key = RSA.Create(bits);
        var end = new DateTimeOffset(lastDay, TimeOnly.MinValue, TimeSpan.Zero);
        using var certificate = new CertificateRequest("CN=web01.example.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(end.AddDays(-90), end);
        return new GuestBuilder().File("/etc/ssl/certs/web01.pem", certificate.ExportCertificatePem());
    }
}
