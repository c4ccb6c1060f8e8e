using Orchestration.GuestFixtures;

namespace Orchestration.Profiles.Tests.Examples;

internal static class AccessExamples
{
    public static IReadOnlyList<CheckExample> All { get; } =
    [
        Ssh("GK-SSH-001", "PermitRootLogin no", "PermitRootLogin yes"),
        Ssh("GK-SSH-002", "PasswordAuthentication no", "PasswordAuthentication yes"),
        Ssh("GK-SSH-004", "PermitEmptyPasswords no", "PermitEmptyPasswords yes"),
        Ssh("GK-SSH-005", "PermitRootLogin no", "PermitRootLogin prohibit-password"),
        Ssh("GK-SSH-006", "MaxAuthTries 4", "MaxAuthTries 6"),
        Ssh("GK-SSH-007", "ClientAliveInterval 300\nClientAliveCountMax 3", "ClientAliveInterval 600\nClientAliveCountMax 3"),
        Ssh("GK-SSH-008", "LoginGraceTime 60", "LoginGraceTime 120"),
        Ssh("GK-SSH-009", "LogLevel VERBOSE", "LogLevel QUIET"),
        Ssh("GK-SSH-010", "HostbasedAuthentication no", "IgnoreRhosts no"),
        Ssh("GK-SSH-011", "UsePAM yes", "UsePAM yes\nPermitUserEnvironment yes"),
        Ssh("GK-SSH-012", "Banner /etc/issue.net", "Banner none"),
        Ssh("GK-SSH-013", "AllowGroups people", "Port 22"),
        Ssh("GK-SSH-014", "DisableForwarding yes", "DisableForwarding no"),
        Ssh("GK-SSH-015", "MaxSessions 10\nMaxStartups 10:30:60", "MaxSessions 10\nMaxStartups 10:30:100"),
        new("GK-SSH-016", Sshd("Port 22", 600), Sshd("Port 22")),
        new("GK-SSH-017", Sshd("Port 22").File("/etc/ssh/ssh_host_rsa_key", "", 600), Sshd("Port 22").File("/etc/ssh/ssh_host_rsa_key", "", 644)),
        new("GK-SSH-018", Sshd("Port 22").File("/etc/ssh/ssh_host_rsa_key.pub"), Sshd("Port 22").File("/etc/ssh/ssh_host_rsa_key.pub", "", 664)),
        new("GK-SSH-019", WithKey(600), WithKey(666)),
        Ssh("GK-SSH-020", "Ciphers aes256-ctr", "Ciphers aes256-cbc"),
        Ssh("GK-SSH-021", "MACs hmac-sha2-512-etm@openssh.com", "MACs hmac-md5"),
        Ssh("GK-SSH-022", "KexAlgorithms curve25519-sha256", "KexAlgorithms diffie-hellman-group1-sha1"),
        new("GK-SSH-023", WithKey(600), CheckExamples.Peopled().File("/root/.ssh/authorized_keys", "ssh-ed25519 AAAA root\n", 600).File("/etc/ssh/sshd_config")),
        new("GK-SSH-024", Sshd("Port 22"), Sshd("Port 22").File("/etc/ssh/ssh_host_rsa_key", "", 600)),
        Ssh("GK-SSH-025", "ClientAliveInterval 15\nClientAliveCountMax 3", "ClientAliveInterval 15\nClientAliveCountMax 0"),
        Ssh("GK-SSH-026", "X11Forwarding no", "X11Forwarding yes"),
        Ssh("GK-SSH-027", "AllowTcpForwarding no", "AllowTcpForwarding yes"),
        Ssh("GK-SSH-028", "StrictModes yes", "StrictModes no"),

        new("GK-SUDO-001", new GuestBuilder().File("/usr/bin/sudo"), new GuestBuilder().Directory("/usr/bin")),
        Sudo("GK-SUDO-002", "Defaults env_reset, \\\n  use_pty", "Defaults use_pty\nDefaults !use_pty"),
        Sudo("GK-SUDO-003", "Defaults env_reset, logfile=\"/var/log/sudo.log\"", "Defaults:alice logfile=/tmp/log"),
        Sudo("GK-SUDO-004", "Defaults timestamp_timeout=5", "Defaults timestamp_timeout=-1"),
        Sudo("GK-SUDO-005", "Defaults env_reset # not !authenticate", "Defaults:alice !authenticate"),
        new("GK-SUDO-006", Pam("su", "auth required pam_wheel.so use_uid group=nobodies"), Pam("su", "auth sufficient pam_rootok.so")),

        Definitions("GK-PWD-001", "PASS_MAX_DAYS 90", "PASS_MAX_DAYS 99999"),
        Definitions("GK-PWD-002", "PASS_MIN_DAYS 1", "PASS_MIN_DAYS 0"),
        Definitions("GK-PWD-003", "PASS_WARN_AGE 7", "PASS_WARN_AGE 1"),
        Quality("GK-PWD-004", "minlen = 14", "minlen = 6"),
        Definitions("GK-PWD-005", "ENCRYPT_METHOD YESCRYPT", "ENCRYPT_METHOD DES"),
        new("GK-PWD-006", Pam("common-auth", "auth required pam_unix.so"), Pam("common-auth", "auth required pam_unix.so nullok")),
        new("GK-PWD-007", Pam("common-auth", "auth required pam_faillock.so preauth"), Pam("common-auth", "auth required pam_unix.so")),
        new("GK-PWD-008", Pam("common-password", "password required pam_pwhistory.so"), Pam("common-password", "password required pam_unix.so")),
        new("GK-PWD-009", new GuestBuilder().File("/etc/profile", "umask 027\n"), new GuestBuilder().File("/etc/profile", "umask 022\n")),
        Lockout("GK-PWD-010", "deny = 5", "deny = 0"),
        Lockout("GK-PWD-011", "unlock_time = 900", "unlock_time = 60"),
        Lockout("GK-PWD-012", "even_deny_root", "silent"),
        Quality("GK-PWD-013", "difok = 2", "difok = 1"),
        Quality("GK-PWD-014", "minlen = 14", "minlen = 13"),
        Quality("GK-PWD-015", "dcredit = -1\nucredit = -1\nlcredit = -1\nocredit = -1", "dcredit = -1"),
        Quality("GK-PWD-016", "maxrepeat = 3", "maxrepeat = 0"),
        Quality("GK-PWD-017", "maxsequence = 3", "minlen = 14"),
        Quality("GK-PWD-018", "minlen = 14", "dictcheck = 0"),
        Quality("GK-PWD-019", "minlen = 14", "enforcing = 0"),
        Quality("GK-PWD-020", "enforce_for_root", "minlen = 14"),
        History("GK-PWD-021", "pam_pwhistory.so remember=24", "pam_pwhistory.so remember=5"),
        Definitions("GK-PWD-022", "PASS_MAX_DAYS 365", "PASS_MAX_DAYS 366"),
        History("GK-PWD-023", "pam_pwhistory.so enforce_for_root", "pam_pwhistory.so"),
        History("GK-PWD-024", "pam_pwhistory.so use_authtok", "pam_pwhistory.so"),
        History("GK-PWD-025", "pam_unix.so yescrypt", "pam_unix.so yescrypt remember=5"),
        History("GK-PWD-026", "pam_unix.so yescrypt use_authtok", "pam_unix.so yescrypt"),
    ];

    private static GuestBuilder Sshd(string configuration, int mode = 644) => new GuestBuilder().File("/usr/sbin/sshd").File("/etc/ssh/sshd_config", configuration + "\n", mode);

    private static CheckExample Ssh(string id, string passes, string fails) => new(id, Sshd(passes), Sshd(fails));

    private static GuestBuilder WithKey(int mode) => CheckExamples.Peopled().File("/etc/ssh/sshd_config")
        .Directory("/home/alice/.ssh", 700, 1000, 1000).File("/home/alice/.ssh/authorized_keys", "ssh-ed25519 AAAA alice\n", mode, 1000, 1000);

    private static CheckExample Sudo(string id, string passes, string fails) =>
        new(id, new GuestBuilder().File("/etc/sudoers", "@includedir /etc/sudoers.d\n").File("/etc/sudoers.d/site", passes + "\n"), new GuestBuilder().File("/etc/sudoers", fails + "\n"));

    private static GuestBuilder Pam(string service, string line) => new GuestBuilder().File($"/etc/pam.d/{service}", line + "\n");

    private static CheckExample Definitions(string id, string passes, string fails) =>
        new(id, new GuestBuilder().File("/etc/login.defs", passes + "\n"), new GuestBuilder().File("/etc/login.defs", fails + "\n"));

    private static CheckExample Quality(string id, string passes, string fails) => new(id, WithQuality(passes), WithQuality(fails));

    private static GuestBuilder WithQuality(string settings) =>
        Pam("common-password", "password requisite pam_pwquality.so retry=3").File("/etc/security/pwquality.conf", settings + "\n");

    private static CheckExample Lockout(string id, string passes, string fails) => new(id, WithLockout(passes), WithLockout(fails));

    private static GuestBuilder WithLockout(string settings) =>
        Pam("common-auth", "auth required pam_faillock.so preauth\npassword required pam_unix.so").File("/etc/security/faillock.conf", settings + "\n");

    private static CheckExample History(string id, string passes, string fails) =>
        new(id, Pam("common-password", $"password required {passes}"), Pam("common-password", $"password required {fails}"));
}
