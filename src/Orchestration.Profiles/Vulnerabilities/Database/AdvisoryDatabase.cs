using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestration.Profiles.Vulnerabilities.Database;

/// <summary>The advisories that concern some packages, out of a stored database.</summary>
/// <remarks>
/// Stored is compressed text (gzip): the header in the first line, then one advisory a line, sorted by package, so that a reader
/// keeps only what concerns a guest, however large the database is.
/// </remarks>
public sealed class AdvisoryDatabase
{
    private const int MaximumLine = 32 << 20;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter<Severity>(JsonNamingPolicy.SnakeCaseLower) },
    };

    private readonly ILookup<string, Advisory> _advisories;

    private AdvisoryDatabase(DatabaseHeader header, IEnumerable<Advisory> advisories)
    {
        Header = header;
        _advisories = advisories.ToLookup(advisory => advisory.Package, StringComparer.Ordinal);
    }

    public DatabaseHeader Header { get; }

    /// <summary>The name of the file that holds an ecosystem's advisories: <c>debian-12.jsonl.gz</c>.</summary>
    public static string FileName(string ecosystem) =>
        string.Concat(ecosystem.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) || letter == '.' ? letter : '-')) + ".jsonl.gz";

    public IEnumerable<Advisory> Find(string package) => _advisories[package];

    /// <summary>Reads what concerns the packages.</summary>
    /// <exception cref="AdvisoryException">It is no database.</exception>
    public static AdvisoryDatabase Read(Stream stored, string place, IReadOnlySet<string> packages)
    {
        try
        {
            using var reader = new StreamReader(new GZipStream(stored, CompressionMode.Decompress));
            var header = JsonSerializer.Deserialize<DatabaseHeader>(ReadLine(reader, place) ?? "", Json) ?? throw new AdvisoryException(place, "expected a header, found null");
            var advisories = new List<Advisory>();
            while (ReadLine(reader, place) is { } line)
            {
                // The package comes first in a line, so that most lines need not be read as JSON.
                var start = line.IndexOf(":\"", StringComparison.Ordinal) + 2;
                var end = line.IndexOf('"', Math.Max(start, 0));
                if (end > start && packages.Contains(line[start..end]) && JsonSerializer.Deserialize<Advisory>(line, Json) is { } advisory)
                {
                    advisories.Add(advisory);
                }
            }

            return new AdvisoryDatabase(header, advisories);
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException)
        {
            throw new AdvisoryException(place, $"expected a database of advisories, found: {exception.Message}", exception);
        }
    }

    internal static byte[] Write(DatabaseHeader header, IEnumerable<Advisory> advisories)
    {
        using var stored = new MemoryStream();
        using (var writer = new StreamWriter(new GZipStream(stored, CompressionLevel.Optimal)) { NewLine = "\n" })
        {
            writer.WriteLine(JsonSerializer.Serialize(header, Json));
            foreach (var advisory in advisories.OrderBy(advisory => advisory.Package, StringComparer.Ordinal).ThenBy(advisory => advisory.Id, StringComparer.Ordinal))
            {
                writer.WriteLine(JsonSerializer.Serialize(advisory, Json));
            }
        }

        return stored.ToArray();
    }

    private static string? ReadLine(StreamReader reader, string place) => reader.ReadLine() is not { } line ? null
        : line.Length <= MaximumLine ? line
        : throw new AdvisoryException(place, $"expected lines of at most {MaximumLine} characters, found {line.Length}");
}
