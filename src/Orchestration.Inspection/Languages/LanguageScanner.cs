using System.Runtime.ExceptionServices;
using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Languages;

/// <summary>Looks through all files of a guest for packages of languages. Files are read side by side, because each costs a round trip or two.</summary>
public static class LanguageScanner
{
    private const int Readers = 6;

    private const int FilesAnnounced = 512;

    private const int MaximumWarnings = 1000;

    private const int MaximumText = 400;

    /// <summary>Everything that is found within the limits.</summary>
    /// <exception cref="DiskImages.DiskImageException">Storage failed; what is damaged in the guest is a warning.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static LanguagePackageFacts Scan(Guest guest, LanguageScanOptions options, CancellationToken cancellationToken)
    {
        var started = options.Time.GetTimestamp();
        var budget = new ScanBudget(options.MaximumBytes);
        var warnings = new List<FactWarning>();
        var found = new List<LanguagePackage>();
        var files = 0;
        string? stopped = null;
        var walk = guest.Files.Walk(new TreeWalkRules(path => LanguageFormat.Find(path) is not null, LanguageFormat.IsEntered)
        {
            MaximumDirectories = options.MaximumDirectories,
            MaximumFiles = options.MaximumFiles,
            MaximumEntries = options.MaximumEntries,
        });
        foreach (var batch in walk.Run(cancellationToken).SelectMany(batch => batch.Chunk(FilesAnnounced)))
        {
            files += batch.Length;
            foreach (var (packages, warning) in Read(batch, budget, cancellationToken))
            {
                found.AddRange(packages);
                if (warning is not null && warnings.Count < MaximumWarnings)
                {
                    warnings.Add(warning);
                }
            }

            options.Report($"Looked into {walk.Directories} directories and {files} files, found {found.Count} packages of languages.");
            stopped = budget.IsSpent ? $"the search ended after {options.MaximumBytes} bytes"
                : found.Count >= options.MaximumPackages ? $"the search ended after {options.MaximumPackages} packages"
                : options.Time.GetElapsedTime(started) > options.MaximumTime ? $"the search ended after {options.MaximumTime}"
                : null;
            if (stopped is not null)
            {
                warnings.Add(new FactWarning("/", $"expected to see every file, but {stopped}: there may be more packages of languages", Unreadable: true));
                break;
            }
        }

        var owners = FileOwners.Find(new FactReader(guest.Files), found.Select(package => package.Path.Split("!/")[0]).ToHashSet(StringComparer.Ordinal));
        return new LanguagePackageFacts
        {
            Found =
            [
                .. Settle(found).Select(package => owners.GetValueOrDefault(package.Path.Split("!/")[0]) is { } owner ? package with { Owner = owner } : package)
                    .OrderBy(package => package.Ecosystem, StringComparer.Ordinal).ThenBy(package => package.Name, StringComparer.Ordinal)
                    .ThenBy(package => package.Version, StringComparer.Ordinal).ThenBy(package => package.Path, StringComparer.Ordinal),
            ],
            Directories = walk.Directories,
            Files = files,
            Complete = stopped is null && !walk.WasCut,
            Warnings = [.. walk.Warnings, .. warnings],
        };
    }

    private static List<(IReadOnlyList<LanguagePackage> Packages, FactWarning? Warning)> Read(WalkedFile[] files, ScanBudget budget, CancellationToken cancellationToken)
    {
        var known = files.Select(file => (File: file, Format: LanguageFormat.Find(file.Path))).Where(item => item.Format is { }).ToList();
        foreach (var group in known.GroupBy(item => item.Format?.PrefetchBytes ?? 0).Where(group => group.Key > 0))
        {
            PathPrefetcher.Announce(group.Select(item => item.File.Place), (fileSystem, nodes) => fileSystem.PrefetchContents(nodes, group.Key));
        }

        try
        {
            return
            [
                .. known.AsParallel().AsOrdered().WithDegreeOfParallelism(Readers).WithCancellation(cancellationToken)
                    .Select(item => ReadOne(new ScannedFile(item.File, budget), item.Format)),
            ];
        }
        catch (AggregateException exception) when (exception.InnerExceptions.Count > 0)
        {
            // Those who call tell failures of storage from others by their type.
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
            throw;
        }
    }

    private static (IReadOnlyList<LanguagePackage> Packages, FactWarning? Warning) ReadOne(ScannedFile file, LanguageFormat? format)
    {
        try
        {
            return !file.Budget.IsSpent && format is not null ? ([.. format.Read(file).Where(IsPlausible).Select(Shorten)], null) : ([], null);
        }
        catch (InspectionException exception)
        {
            return ([], new FactWarning(file.Path, exception.Message, Unreadable: true));
        }
    }

    private static bool IsPlausible(LanguagePackage package) =>
        package is { Name.Length: > 0 and <= MaximumText, Version.Length: > 0 and <= MaximumText } && !package.Name.AsSpan().ContainsAny('\n', '\r', '\0');

    private static LanguagePackage Shorten(LanguagePackage package) =>
        package.Licence is { Length: > MaximumText } licence ? package with { Licence = licence[..MaximumText] + "…" } : package;

    /// <summary>Of a lock file only what is not installed beside it counts: what is, is known by its own file.</summary>
    private static IEnumerable<LanguagePackage> Settle(List<LanguagePackage> found)
    {
        var installed = found.Where(package => package is { Ecosystem: "npm", Locked: false })
            .Select(package => package.Path[..package.Path.IndexOf("/node_modules/", StringComparison.Ordinal)]).ToHashSet(StringComparer.Ordinal);
        return found.Where(package => !package.Locked || !installed.Contains(GuestPath.Parent(package.Path))).Distinct();
    }
}
