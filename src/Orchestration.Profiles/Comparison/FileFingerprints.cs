using System.Security.Cryptography;
using Orchestration.DiskImages.FileSystems;
using Orchestration.Inspection;
using Orchestration.Inspection.Files;

namespace Orchestration.Profiles.Comparison;

/// <summary>Fingerprints of files below some directories.</summary>
public static class FileFingerprints
{
    private const int MaximumFiles = 100_000;

    private const int MaximumDepth = 64;

    private const int MaximumFileBytes = 64 << 20;

    /// <param name="guest">The guest.</param>
    /// <param name="paths">Directories or files; links are recorded and not followed.</param>
    /// <param name="notes">Receives what could not be read, in words.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static IReadOnlyDictionary<string, FileFingerprint> Read(Guest guest, IReadOnlyList<string> paths, ICollection<string> notes, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, FileFingerprint>(StringComparer.Ordinal);
        var unread = 0;
        var pending = new Stack<(string Path, int Depth)>(paths.Select(path => (GuestPath.Normalize(path), 0)));
        while (pending.TryPop(out var item))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (files.Count >= MaximumFiles || item.Depth > MaximumDepth)
            {
                notes.Add($"{guest.Map.RootDevice}: files beyond {MaximumFiles}, or {MaximumDepth} directories deep, were not looked at.");
                break;
            }

            try
            {
                if (guest.Files.Find(item.Path, follow: false) is { } file && files.TryAdd(item.Path, Describe(guest, file)) && file.IsDirectory)
                {
                    foreach (var child in guest.Files.List(item.Path))
                    {
                        pending.Push((child.Path, item.Depth + 1));
                    }
                }
            }
            catch (InspectionException)
            {
                unread++;
            }
        }

        if (unread > 0)
        {
            notes.Add($"{unread} files could not be read.");
        }

        return files;
    }

    private static FileFingerprint Describe(Guest guest, GuestFile file) => new(
        file.Kind switch { FileKind.Regular => "file", FileKind.Directory => "directory", FileKind.SymbolicLink => "link", _ => "other" },
        file.Mode,
        $"{file.UserId}:{file.GroupId}",
        file.Kind switch
        {
            FileKind.Regular when file.Size <= MaximumFileBytes => Convert.ToHexStringLower(SHA256.HashData(guest.Files.ReadAllBytes(file.Path, MaximumFileBytes))),
            FileKind.SymbolicLink => guest.Files.ReadLink(file.Path),
            _ => null,
        },
        file.Modified);
}
