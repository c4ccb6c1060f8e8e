using Orchestration.Inspection;
using Orchestration.Inspection.Files;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Access;

/// <summary>The algorithms that the SSH server offers.</summary>
internal static class SshCryptographyChecks
{
    // sshd_config(5) of OpenSSH 9.2; the weak ones in it are the same in every release since 7.6.
    private static readonly string[] DefaultCiphers =
        ["chacha20-poly1305@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com"];

    private static readonly string[] DefaultMacs =
    [
        "umac-64-etm@openssh.com", "umac-128-etm@openssh.com", "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com",
        "hmac-sha1-etm@openssh.com", "umac-64@openssh.com", "umac-128@openssh.com", "hmac-sha2-256", "hmac-sha2-512", "hmac-sha1",
    ];

    private static readonly string[] DefaultKeyExchanges =
    [
        "sntrup761x25519-sha512@openssh.com", "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384",
        "ecdh-sha2-nistp521", "diffie-hellman-group-exchange-sha256", "diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512",
        "diffie-hellman-group14-sha256",
    ];

    private static readonly string[] WeakKeyExchanges = ["diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1"];

    public static IReadOnlyList<Check> All { get; } =
    [
        Make("GK-SSH-020", "SSH offers strong ciphers only", "Ciphers", DefaultCiphers, IsWeakCipher, [Cis("5.1.6"), CisLinux("5.2.13"), Pci("2.2.7")]),
        Make("GK-SSH-021", "SSH offers strong message authentication only", "MACs", DefaultMacs, IsWeakMac, [Cis("5.1.15"), CisLinux("5.2.14"), Pci("2.2.7")]),
        Make("GK-SSH-022", "SSH offers strong key exchange only", "KexAlgorithms", DefaultKeyExchanges, WeakKeyExchanges.Contains, [Cis("5.1.12"), CisLinux("5.2.15"), Pci("2.2.7")]),
    ];

    private static Check Make(
        string id, string title, string keyword, string[] defaults, Func<string, bool> isWeak, IReadOnlyList<Reference> references) =>
        SshChecks.Make(id, title, Severity.Medium, [Compliance, Hardening], guest => Judge(guest, keyword, defaults, isWeak)) with
        {
            References = references,
            Remediation = $"Set {keyword} to a list without the algorithms named, or remove them with a list that begins with '-'.",
        };

    private static Judgement Judge(Guest guest, string keyword, string[] defaults, Func<string, bool> isWeak)
    {
        var option = guest.Ssh.Find(keyword);
        var weak = Resolve(option?.Value, defaults).Where(isWeak).ToList();
        return Judgement.PassWhen(weak.Count == 0, new Evidence(
            option?.File,
            option?.Line,
            $"{keyword} {(option is null ? "not set (default of OpenSSH)" : option.Value)}{(weak.Count == 0 ? "" : $", with the weak {string.Join(", ", weak)}")}",
            "no weak algorithm"));
    }

    /// <summary>A list replaces the default; <c>+</c> appends to it, <c>^</c> puts before it, <c>-</c> removes patterns from it.</summary>
    internal static IEnumerable<string> Resolve(string? list, string[] defaults)
    {
        if (list is not { Length: > 0 })
        {
            return defaults;
        }

        var names = list.TrimStart('+', '-', '^').Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return list[0] switch
        {
            '+' or '^' => defaults.Union(names),
            '-' => defaults.Where(name => !names.Any(pattern => GuestPath.Matches(pattern, name))),
            _ => names,
        };
    }

    private static bool IsWeakCipher(string name) =>
        name.StartsWith("3des", StringComparison.Ordinal) || name.StartsWith("arcfour", StringComparison.Ordinal)
        || name.EndsWith("-cbc", StringComparison.Ordinal) || name.Contains("-cbc@", StringComparison.Ordinal);

    private static bool IsWeakMac(string name) =>
        name.Contains("md5", StringComparison.Ordinal) || name.Contains("hmac-sha1", StringComparison.Ordinal)
        || name.StartsWith("umac-64", StringComparison.Ordinal) || name.Contains("ripemd", StringComparison.Ordinal);
}
