using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Extensions.Caching.Memory;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Blobs;
using Orchestration.Protocol;

namespace Orchestration.Functions.Index;

/// <summary>
/// All jobs, newest first, without asking for each: append blobs (<em>segments</em>) of up to <see cref="JobsPerSegment"/> jobs, each with
/// the jobs that one process accepted in up to an hour. Their names sort by time, newest first. Safe for concurrent use.
/// </summary>
public sealed class JobIndex(StorageAccounts accounts, BatchedAppender appender, TimeProvider time) : IDisposable
{
    /// <summary>Most jobs of a segment.</summary>
    public const int JobsPerSegment = 10_000;

    // A segment takes a few MiB of memory, and whoever turns pages asks for the same ones again.
    private const int MostCachedSegments = 16;

    private const string Prefix = "index/";
    private const int MostLinesAtOnce = 1000;
    private const int NotModified = 304;
    private const long EndOfTime = 99_999_999_999_999;

    private static readonly TimeSpan CacheTime = TimeSpan.FromMinutes(5);

    private readonly MemoryCache _parsed = new(new MemoryCacheOptions { SizeLimit = MostCachedSegments });
    private readonly SegmentNames _segments = new(
        JobsPerSegment, time, (now, process) => string.Create(CultureInfo.InvariantCulture, $"{EndOfTime - now.ToUnixTimeMilliseconds():D14}-{process}"));

    /// <summary>The segment for one more job. It is part of what the job must know of itself.</summary>
    public string AssignSegment() => _segments.Next();

    /// <summary>Notes a line. Noting a job twice does no harm.</summary>
    public Task AddAsync(string segment, IndexLine line, CancellationToken cancellationToken) => AddAsync(segment, [line], cancellationToken);

    /// <summary>Notes that jobs of a segment were removed.</summary>
    public async Task RemoveAsync(string segment, IEnumerable<string> jobIds, CancellationToken cancellationToken)
    {
        foreach (var group in jobIds.Select(jobId => new IndexLine(jobId, Removed: true)).Chunk(MostLinesAtOnce))
        {
            await AddAsync(segment, group, cancellationToken);
        }
    }

    private async Task AddAsync(string segment, IndexLine[] lines, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        foreach (var line in lines)
        {
            await JsonSerializer.SerializeAsync(bytes, line, ProtocolJson.Options, cancellationToken);
            bytes.WriteByte((byte)'\n');
        }

        var container = await accounts.GetContainerAsync(Containers.State, cancellationToken);
        await appender.AppendAsync(container.GetAppendBlobClient($"{Prefix}{segment}.jsonl"), bytes.ToArray(), cancellationToken);
    }

    /// <summary>When the first job of a segment was accepted.</summary>
    public static DateTimeOffset StartOf(string segment) => DateTimeOffset.FromUnixTimeMilliseconds(
        EndOfTime - long.Parse(segment.AsSpan(0, segment.IndexOf('-')), NumberStyles.None, CultureInfo.InvariantCulture));

    /// <summary>The names of all segments, newest first.</summary>
    public async IAsyncEnumerable<string> ListSegmentsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var container = await accounts.GetContainerAsync(Containers.State, cancellationToken);
        await foreach (var blob in container.GetBlobsAsync(prefix: Prefix, cancellationToken: cancellationToken))
        {
            yield return Path.GetFileNameWithoutExtension(blob.Name);
        }
    }

    /// <summary>The jobs of a segment in the order of their submission; none where the segment is gone.</summary>
    public async Task<IReadOnlyList<IndexEntry>> ReadSegmentAsync(string segment, CancellationToken cancellationToken)
    {
        var container = await accounts.GetContainerAsync(Containers.State, cancellationToken);
        var known = _parsed.Get<ParsedSegment>(segment);
        try
        {
            var options = new BlobDownloadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = known?.Version } };
            var content = await container.GetBlobClient($"{Prefix}{segment}.jsonl").DownloadContentAsync(options, cancellationToken);
            if (known is not null && content.GetRawResponse().Status == NotModified)
            {
                return known.Entries;
            }

            var parsed = new ParsedSegment(content.Value.Details.ETag, Parse(content.Value.Content.ToMemory()));
            _parsed.Set(segment, parsed, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = CacheTime });
            return parsed.Entries;
        }
        catch (RequestFailedException exception) when (exception.Status == NotModified && known is not null)
        {
            return known.Entries;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return [];
        }
    }

    public void Dispose() => _parsed.Dispose();

    public async Task RemoveSegmentAsync(string segment, CancellationToken cancellationToken) =>
        await (await accounts.GetContainerAsync(Containers.State, cancellationToken))
            .DeleteBlobIfExistsAsync($"{Prefix}{segment}.jsonl", cancellationToken: cancellationToken);

    private static List<IndexEntry> Parse(ReadOnlyMemory<byte> rest)
    {
        var entries = new List<IndexEntry>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        while (rest.Span.IndexOf((byte)'\n') is >= 0 and var end)
        {
            var line = JsonSerializer.Deserialize<IndexLine>(rest.Span[..end], ProtocolJson.Options);
            rest = rest[(end + 1)..];
            if (line is null)
            {
                continue;
            }

            if (places.TryGetValue(line.JobId, out var place) && !(entries[place].IsRemoved && line.Job is not null))
            {
                // Told again after a crash, a job's first line changes nothing.
                entries[place] = line switch
                {
                    { Removed: true } => entries[place] with { IsRemoved = true },
                    { Job: null } => entries[place] with { State = line.State, EndedAt = line.EndedAt },
                    _ => entries[place],
                };
            }
            else if (line.Job is { } job)
            {
                places[line.JobId] = entries.Count;
                entries.Add(new IndexEntry(line.JobId, job, line.State, line.EndedAt));
            }
        }

        return entries;
    }

    private sealed record ParsedSegment(ETag Version, IReadOnlyList<IndexEntry> Entries);
}
