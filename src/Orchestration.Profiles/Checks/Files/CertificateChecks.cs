using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orchestration.Inspection;
using Orchestration.Inspection.Files;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Files;

/// <summary>TLS certificates that the guest has, their keys, and the policy for cryptography.</summary>
internal static class CertificateChecks
{
    private const int MaximumCertificateBytes = 1 << 16;

    private const int MaximumCertificates = 200;

    private static readonly string[] PrivateKeys = ["/etc/ssl/private/*", "/etc/pki/tls/private/*", "/etc/letsencrypt/archive/*/privkey*.pem", "/etc/nginx/*.key"];

    private static readonly string[] PolicyFiles = ["/etc/crypto-policies/state/current", "/etc/crypto-policies/config"];

    private static readonly string[] LocalCertificates =
        ["/etc/ssl/certs/*.pem", "/etc/ssl/certs/*.crt", "/etc/pki/tls/certs/*.pem", "/etc/pki/tls/certs/*.crt", "/etc/pki/ca-trust/source/anchors/*", "/usr/local/share/ca-certificates/*"];

    /// <summary>MD2, MD5 and SHA-1 with RSA, and SHA-1 with DSA and ECDSA: RFC 3279.</summary>
    private static readonly string[] WeakSignatures =
        ["1.2.840.113549.1.1.2", "1.2.840.113549.1.1.4", "1.2.840.113549.1.1.5", "1.2.840.10040.4.3", "1.2.840.10045.4.1"];

    public static IReadOnlyList<Check> All { get; } =
    [
        new("GK-TLS-001", "Certificates of the machine are counted", Severity.Info, [Security], guest =>
            Judgement.Pass(
            [
                new Evidence(null, null, $"{guest.Certificates.Local.Count} of its own, {guest.Certificates.Authorities} authorities", "for information"),
                .. guest.Certificates.Local.Take(20).Select(path => new Evidence(path, null, "a certificate of this machine", "for information")),
            ]))
        {
            Remediation = "Nothing to do.",
            RestsOn = guest => [guest.Certificates],
        },
        new("GK-TLS-002", "Private keys are closed to others", Severity.High, [Security, Compliance], JudgeKeys)
        {
            References = [Pci("2.2.6")],
            Remediation = "chmod o-rwx the key, and replace it where others could read it.",
            AppliesTo = "guests with private keys in the usual places",
            Reads = PrivateKeys,
        },
        MakeCertificates("GK-TLS-003", "No certificate of the machine has expired", Severity.Medium, (certificate, today) =>
        {
            var end = DateOnly.FromDateTime(certificate.NotAfter.ToUniversalTime());
            return (end >= today, $"{Name(certificate)}: valid until {end:yyyy-MM-dd}", $"not before {today:yyyy-MM-dd}");
        }) with
        {
            References = [Pci("4.2.1")],
            Remediation = "Renew the certificate, or remove it where nothing uses it.",
        },
        MakeCertificates("GK-TLS-004", "Certificates of the machine are signed with strong keys", Severity.Medium, (certificate, _) =>
        {
            const string Expected = "RSA of 2048 bits or an elliptic curve, signed with SHA-256 or better";
            using var key = certificate.GetRSAPublicKey();
            var isWeak = key is { KeySize: < 2048 } || WeakSignatures.Contains(certificate.SignatureAlgorithm.Value);
            return (!isWeak, $"{Name(certificate)}: {(key is null ? certificate.PublicKey.Oid.FriendlyName : $"RSA {key.KeySize}")}, {certificate.SignatureAlgorithm.FriendlyName}", Expected);
        }) with
        {
            References = [Pci("4.2.1")],
            Remediation = "Make a new key and have it signed anew.",
        },
        new("GK-TLS-005", "The system's policy for cryptography allows nothing obsolete", Severity.Medium, [Security, Compliance], guest =>
        {
            var line = GuestText.Lines(guest, PolicyFiles).First();
            return Judgement.PassWhen(line.Text.Split(':')[0] is not "LEGACY" && !line.Text.Contains("SHA1", StringComparison.Ordinal), line.Expect("DEFAULT, FUTURE or FIPS"));
        })
        {
            References = [CisRedHat("1.10"), Pci("2.2.7")],
            Remediation = "update-crypto-policies --set DEFAULT.",
            AppliesTo = "guests with crypto-policies",
            Reads = PolicyFiles,
            Exempts = guest => PolicyFiles.Any(guest.Files.Exists) ? null : "the guest has no crypto-policies",
        },
    ];

    private static Check MakeCertificates(
        string id, string title, Severity severity, Func<X509Certificate2, DateOnly, (bool IsRight, string Found, string Expected)> judge) =>
        new(id, title, severity, [Security, Compliance], (guest, today) =>
        {
            var right = new List<Evidence>();
            var wrong = new List<Evidence>();
            foreach (var path in guest.Certificates.Local.Take(MaximumCertificates))
            {
                using var certificate = Load(guest, path);
                if (certificate is not null)
                {
                    var (isRight, found, expected) = judge(certificate, today);
                    (isRight ? right : wrong).Add(new Evidence(path, null, found, expected));
                }
            }

            return wrong.Count + right.Count == 0 ? Judgement.NotApplicable("the guest has no certificate of its own") : Judgement.PassUnless(wrong, right);
        })
        {
            Remediation = "",
            AppliesTo = "guests with certificates of their own",
            RestsOn = guest => [guest.Certificates],
            Reads = LocalCertificates,
        };

    /// <summary>The first certificate of a file; null where the file holds something else.</summary>
    private static X509Certificate2? Load(Guest guest, string path)
    {
        var content = guest.Files.ReadStart(path, MaximumCertificateBytes);
        try
        {
            return content.AsSpan().IndexOf("-----BEGIN CERTIFICATE-----"u8) >= 0
                ? X509Certificate2.CreateFromPem(System.Text.Encoding.ASCII.GetString(content))
                : X509CertificateLoader.LoadCertificate(content);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static string Name(X509Certificate2 certificate) => certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    private static Judgement JudgeKeys(Guest guest)
    {
        const string Expected = "not readable by others, owner root";
        var keys = PrivateKeys.SelectMany(guest.Files.Glob).Select(path => guest.Files.Find(path)).OfType<GuestFile>().Where(file => file.IsRegular).ToList();
        return keys.Count == 0
            ? Judgement.NotApplicable("the guest has no private keys in the usual places")
            : Judgement.PassUnless(
                [.. keys.Where(file => (file.Permissions & 0b000_010_111) != 0 || file.UserId != 0)
                    .Select(file => new Evidence(file.Path, null, Judgement.DescribeAccess(file), Expected))],
                [.. keys.Select(file => new Evidence(file.Path, null, Judgement.DescribeAccess(file), Expected))]);
    }
}
