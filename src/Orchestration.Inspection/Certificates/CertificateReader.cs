namespace Orchestration.Inspection.Certificates;

internal static class CertificateReader
{
    private static readonly string[] Directories = ["/etc/ssl/certs", "/etc/pki/tls/certs", "/etc/pki/ca-trust/source/anchors", "/usr/local/share/ca-certificates"];

    // The bundle of all authorities that update-ca-certificates writes is no certificate of its own.
    private static readonly string[] Bundles = ["ca-certificates.crt", "ca-bundle.crt", "ca-bundle.trust.crt"];

    public static IReadOnlyList<string> HeaderPaths { get; } = [.. Directories.SelectMany(directory => new[] { $"{directory}/*.pem", $"{directory}/*.crt" })];

    public static CertificateFacts Read(FactReader reader)
    {
        var files = Directories.SelectMany(reader.List)
            .Where(file => file.Name.EndsWith(".pem", StringComparison.Ordinal) || file.Name.EndsWith(".crt", StringComparison.Ordinal))
            .Where(file => !Bundles.Contains(file.Name, StringComparer.Ordinal))
            .ToList();
        return new CertificateFacts
        {
            Local = [.. files.Where(file => file.IsRegular).Select(file => file.Path)],
            Authorities = files.Count(file => file.IsLink),
            Warnings = reader.Warnings,
        };
    }
}
