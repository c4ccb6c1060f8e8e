using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Languages.Archives;

/// <summary>
/// Java archives: what Maven recorded of itself in <c>pom.properties</c> (of several artifacts where one was packed into the other), else the manifest (JAR file
/// specification) and the file's name. Archives in archives are looked into, a few levels deep.
/// </summary>
internal static partial class JavaArchive
{
    private const int MaximumDepth = 3;

    private const int MaximumNestedBytes = 64 << 20;

    private const int MaximumTextBytes = 256 << 10;

    /// <summary>An archive of every artifact of a large application has hundreds.</summary>
    private const int MaximumPackages = 10_000;

    private static readonly string[] Endings = [".jar", ".war", ".ear", ".hpi", ".jpi"];

    public static bool Matches(string path) => Array.Exists(Endings, ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    public static IEnumerable<LanguagePackage> Read(ScannedFile file)
    {
        var packages = new List<LanguagePackage>();
        using var stream = new GuestContentStream(file.Open());
        Read(stream, file.Path, file.Budget, depth: 0, packages);
        return packages;
    }

    private static void Read(Stream stream, string path, ScanBudget budget, int depth, List<LanguagePackage> packages)
    {
        ZipDirectory.Require(stream, path);
        try
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            var own = packages.Count;
            string? manifest = null;
            foreach (var entry in zip.Entries.Where(_ => packages.Count < MaximumPackages))
            {
                if (entry.FullName.StartsWith("META-INF/maven/", StringComparison.Ordinal) && entry.Name == "pom.properties")
                {
                    packages.AddRange(ReadMaven(Encoding.UTF8.GetString(Unpack(entry, MaximumTextBytes, path, budget)), path));
                }
                else if (entry.FullName == "META-INF/MANIFEST.MF")
                {
                    manifest = Encoding.UTF8.GetString(Unpack(entry, MaximumTextBytes, path, budget));
                }
            }

            if (packages.Count == own && DescribeByManifest(manifest ?? "", path) is { } described)
            {
                packages.Add(described);
            }

            foreach (var entry in zip.Entries.Where(entry => depth < MaximumDepth && packages.Count < MaximumPackages && IsNested(entry)))
            {
                using var nested = new MemoryStream(Unpack(entry, MaximumNestedBytes, path, budget), writable: false);
                Read(nested, $"{path}!/{entry.FullName}", budget, depth + 1, packages);
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or NotSupportedException or ArgumentException or EndOfStreamException)
        {
            throw new InspectionException(InspectionError.FileUnreadable, path, $"expected a zip, found: {exception.Message}", exception);
        }
    }

    private static bool IsNested(ZipArchiveEntry entry) => Array.Exists(Endings, ending => entry.FullName.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>The sizes that a zip claims are not believed.</summary>
    private static byte[] Unpack(ZipArchiveEntry entry, int maximumBytes, string path, ScanBudget budget)
    {
        using var content = entry.Open();
        using var unpacked = new MemoryStream();
        var buffer = new byte[32 << 10];
        for (int count; (count = content.Read(buffer)) > 0;)
        {
            budget.Take(count);
            unpacked.Write(buffer, 0, count);
            if (unpacked.Length > maximumBytes)
            {
                throw new InspectionException(InspectionError.FileTooLarge, path, $"expected at most {maximumBytes} bytes in {entry.FullName}, found more");
            }
        }

        return unpacked.ToArray();
    }

    private static IEnumerable<LanguagePackage> ReadMaven(string properties, string path)
    {
        var values = Lines(properties, '=');
        return values.GetValueOrDefault("groupId") is { Length: > 0 } group && values.GetValueOrDefault("artifactId") is { Length: > 0 } artifact
            && values.GetValueOrDefault("version") is { Length: > 0 } version
            ? [new LanguagePackage("Maven", $"{group}:{artifact}", version, path)]
            : [];
    }

    /// <summary>The file's name has artifact and version by Maven's custom; the manifest may say the version and, rarely, the group.</summary>
    private static LanguagePackage? DescribeByManifest(string manifest, string path)
    {
        // Lines of a manifest are at most 72 bytes; one that goes on begins with a blank.
        var values = Lines(manifest.Replace("\r", "", StringComparison.Ordinal).Replace("\n ", "", StringComparison.Ordinal).Split("\n\n", 2)[0], ':');
        string? Value(string name) => values.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
        var stem = System.IO.Path.GetFileNameWithoutExtension(GuestPath.Name(path));
        var named = FileName().Match(stem);
        var version = named.Success ? named.Groups["version"].Value : Value("Implementation-Version") ?? Value("Bundle-Version");
        var group = Value("Implementation-Vendor-Id") is { } vendor && GroupId().IsMatch(vendor) ? vendor : null;
        var artifact = named.Success ? named.Groups["name"].Value : stem;
        return version is null || artifact.Length == 0 ? null
            : new LanguagePackage("Maven", group is null ? artifact : $"{group}:{artifact}", version, path) { Licence = Value("Bundle-License") };
    }

    private static Dictionary<string, string> Lines(string text, char separator)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n').Where(line => !line.StartsWith('#')))
        {
            if (line.IndexOf(separator, StringComparison.Ordinal) is > 0 and var end)
            {
                values.TryAdd(line[..end].Trim(), line[(end + 1)..].Trim());
            }
        }

        return values;
    }

    [GeneratedRegex(@"^(?<name>[A-Za-z][\w.]{0,100}(?:-[A-Za-z][\w.]{0,100}){0,20})-(?<version>[0-9][\w.+-]{0,100})\z", RegexOptions.ExplicitCapture)]
    private static partial Regex FileName();

    [GeneratedRegex(@"^[a-z][\w-]*(?:\.[\w-]+)+\z")]
    private static partial Regex GroupId();
}
