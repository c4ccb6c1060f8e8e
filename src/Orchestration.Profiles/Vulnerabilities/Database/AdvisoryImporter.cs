using System.IO.Compression;

namespace Orchestration.Profiles.Vulnerabilities.Database;

/// <param name="Header">What it is.</param>
/// <param name="Content">The stored database, to be kept as <see cref="AdvisoryDatabase.FileName"/> says.</param>
public sealed record ImportedDatabase(DatabaseHeader Header, byte[] Content);

/// <param name="Databases">One an ecosystem, by name.</param>
/// <param name="Records">Records that were read.</param>
/// <param name="Withdrawn">Records that say nothing, because they were withdrawn or concern no package.</param>
/// <param name="Elsewhere">Statements about ecosystems that no guest has.</param>
/// <param name="Problems">Files that were not understood, the first hundred; the import goes on without them.</param>
public sealed record ImportResult(IReadOnlyList<ImportedDatabase> Databases, int Records, int Withdrawn, int Elsewhere, IReadOnlyList<string> Problems);

/// <summary>Makes databases of OSV records: of a directory, of JSON files or of zip files as osv.dev publishes them (<c>all.zip</c>).</summary>
public static class AdvisoryImporter
{
    private const int MaximumRecordBytes = 16 << 20;

    private const int MaximumProblems = 100;

    /// <param name="path">A directory, which is searched with everything below it, a zip or a single record.</param>
    /// <param name="now">The time of the import.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="AdvisoryException">There is no such file, or it is no zip.</exception>
    public static ImportResult Import(string path, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, (DateTimeOffset? Newest, List<Advisory> Advisories)>(StringComparer.Ordinal);
        var problems = new List<string>();
        var (records, withdrawn, elsewhere) = (0, 0, 0);
        foreach (var (place, content) in Records(path, problems))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var (modified, affected) = OsvRecord.Read(content, place);
                records++;
                withdrawn += affected.Count == 0 ? 1 : 0;
                foreach (var (ecosystem, advisory) in affected)
                {
                    if (Ecosystems.StoredAs(ecosystem) is not { } name)
                    {
                        elsewhere++;
                        continue;
                    }

                    var (newest, advisories) = found.GetValueOrDefault(name, (null, []));
                    advisories.Add(advisory);
                    found[name] = (newest is null || modified > newest ? modified : newest, advisories);
                }
            }
            catch (AdvisoryException exception)
            {
                Note(problems, exception.Message);
            }
        }

        return new ImportResult(
            [
                .. from item in found
                   orderby item.Key
                   let header = new DatabaseHeader(item.Key, now, item.Value.Newest, item.Value.Advisories.Count)
                   select new ImportedDatabase(header, AdvisoryDatabase.Write(header, item.Value.Advisories)),
            ],
            records,
            withdrawn,
            elsewhere,
            problems);
    }

    private static IEnumerable<(string Place, byte[] Content)> Records(string path, List<string> problems)
    {
        if (Directory.Exists(path))
        {
            return Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Where(file => Path.GetExtension(file) is ".json" or ".zip")
                .Order(StringComparer.Ordinal).SelectMany(file => Records(file, problems));
        }

        if (!File.Exists(path))
        {
            throw new AdvisoryException(path, "expected a directory, a zip or a JSON file, found nothing");
        }

        return Path.GetExtension(path) == ".zip" ? Entries(path, problems) : Single(path, problems);
    }

    private static IEnumerable<(string Place, byte[] Content)> Single(string path, List<string> problems)
    {
        using var stream = File.OpenRead(path);
        if (ReadAtMost(stream, path, problems) is { } content)
        {
            yield return (path, content);
        }
    }

    private static IEnumerable<(string Place, byte[] Content)> Entries(string path, List<string> problems)
    {
        using var zip = Open(path);
        foreach (var entry in zip.Entries.Where(entry => entry.FullName.EndsWith(".json", StringComparison.Ordinal)))
        {
            using var stream = entry.Open();
            if (ReadAtMost(stream, $"{path}/{entry.FullName}", problems) is { } content)
            {
                yield return ($"{path}/{entry.FullName}", content);
            }
        }
    }

    private static ZipArchive Open(string path)
    {
        try
        {
            return ZipFile.OpenRead(path);
        }
        catch (InvalidDataException exception)
        {
            throw new AdvisoryException(path, $"expected a zip, found: {exception.Message}", exception);
        }
    }

    /// <summary>The sizes that a zip claims are not believed.</summary>
    private static byte[]? ReadAtMost(Stream stream, string place, List<string> problems)
    {
        try
        {
            using var content = new MemoryStream();
            var buffer = new byte[1 << 16];
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                content.Write(buffer, 0, read);
                if (content.Length > MaximumRecordBytes)
                {
                    Note(problems, $"{place}: expected at most {MaximumRecordBytes} bytes, found more");
                    return null;
                }
            }

            return content.ToArray();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            Note(problems, $"{place}: {exception.Message}");
            return null;
        }
    }

    private static void Note(List<string> problems, string problem)
    {
        if (problems.Count < MaximumProblems)
        {
            problems.Add(problem);
        }
    }
}
