using Orchestration.Inspection;
using Orchestration.Inspection.Files;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Access;

/// <summary>Keys that lie on the disk: the server's own and those that open accounts.</summary>
internal static class SshFileChecks
{
    private const int WritableByOthers = 0b000_010_010;

    public static IReadOnlyList<Check> All { get; } =
    [
        SshChecks.Make("GK-SSH-018", "Only root can change the SSH server's public keys", Severity.Medium, [Compliance], guest =>
            JudgeFiles(guest, guest.Files.Glob("/etc/ssh/ssh_host_*_key.pub"), "mode 0644 or less, owner 0:0", file => file.Exceeds(0b110_100_100))) with
        {
            References = [Cis("5.1.3"), CisLinux("5.2.3"), CisRedHat("5.2.3")],
            Remediation = "chown root:root and chmod 0644 the files /etc/ssh/ssh_host_*_key.pub.",
            Reads = ["/etc/ssh/ssh_host_*_key.pub"],
        },
        SshChecks.Make("GK-SSH-019", "Nobody but its owner can add a key to an account", Severity.High, [Security, Hardening], JudgeAuthorizedKeys) with
        {
            Remediation = "chown the file and its directory to the account and take the write permission of group and others away.",
            RestsOn = guest => [guest.Users],
            Files = ["/etc/passwd"],
            Reads = ["/root/.ssh/authorized_keys", "/home/*/.ssh/authorized_keys"],
        },
        SshChecks.Make("GK-SSH-023", "No key opens root's account directly", Severity.Low, [Hardening], guest =>
            guest.Users.Users.FirstOrDefault(user => user.UserId == 0) is { } root
                ? Judgement.PassWhen(root.AuthorizedKeys == 0, new Evidence($"{root.Home}/.ssh/authorized_keys", null, $"{root.AuthorizedKeys} keys", "none"))
                : Judgement.NotApplicable("the guest has no root")) with
        {
            Remediation = "Log in as a person and use sudo, then remove /root/.ssh/authorized_keys.",
            RestsOn = guest => [guest.Users],
        },
        SshChecks.Make("GK-SSH-024", "A copy of the image gets host keys of its own", Severity.Info, [Security], guest =>
            guest.Files.Glob("/etc/ssh/ssh_host_*_key") is { Count: > 0 } keys && !guest.Files.Exists("/etc/cloud/cloud.cfg")
                ? Judgement.Fail([.. keys.Select(key => new Evidence(key, null, "a host key, and no cloud-init that makes new ones", "no host keys in an image that is copied"))])
                : Judgement.Pass(new Evidence("/etc/ssh", null, "no host keys, or cloud-init, which makes new ones for a new instance", "no host keys in an image that is copied"))) with
        {
            Remediation = "Before an image is used as a template, remove /etc/ssh/ssh_host_* and have them made at first boot.",
            Reads = ["/etc/ssh/ssh_host_*_key", "/etc/cloud/cloud.cfg"],
        },
    ];

    private static Judgement JudgeFiles(Guest guest, IReadOnlyList<string> paths, string expected, Func<GuestFile, bool> isWrong)
    {
        var files = paths.Select(path => guest.Files.Find(path)).OfType<GuestFile>().ToList();
        return files.Count == 0
            ? Judgement.NotApplicable("the guest has no host keys yet")
            : Judgement.PassUnless(
                [.. files.Where(isWrong).Select(file => new Evidence(file.Path, null, Judgement.DescribeAccess(file), expected))],
                [.. files.Select(file => new Evidence(file.Path, null, Judgement.DescribeAccess(file), expected))]);
    }

    private static Judgement JudgeAuthorizedKeys(Guest guest)
    {
        const string Expected = "owned by the account or root, writable by nobody else";
        var found = (from user in guest.Users.Users
                     where user.AuthorizedKeys > 0
                     from path in new[] { $"{user.Home}/.ssh", $"{user.Home}/.ssh/authorized_keys" }
                     let file = guest.Files.Find(path)
                     where file is not null
                     select (User: user, File: file)).ToList();
        return found.Count == 0
            ? Judgement.NotApplicable("no account is opened by a key")
            : Judgement.PassUnless(
                [.. found.Where(item => (item.File.Permissions & WritableByOthers) != 0 || (item.File.UserId != 0 && item.File.UserId != item.User.UserId))
                    .Select(item => new Evidence(item.File.Path, null, Judgement.DescribeAccess(item.File), Expected))],
                [.. found.Select(item => new Evidence(item.File.Path, null, Judgement.DescribeAccess(item.File), Expected))]);
    }
}
