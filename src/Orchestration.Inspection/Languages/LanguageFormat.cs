using System.Collections.Frozen;
using Orchestration.Inspection.Languages.Archives;
using Orchestration.Inspection.Languages.Documents;
using Orchestration.Inspection.Languages.Programs;

namespace Orchestration.Inspection.Languages;

/// <summary>A kind of file that names packages.</summary>
/// <param name="Matches">Whether a path may be such a file.</param>
/// <param name="PrefetchBytes">So much from its start is worth fetching together with others'.</param>
/// <param name="Read">What it names; throws <see cref="InspectionException"/> for one that cannot be understood.</param>
internal sealed record LanguageFormat(Func<string, bool> Matches, int PrefetchBytes, Func<ScannedFile, IEnumerable<LanguagePackage>> Read)
{
    private const int Document = 256 << 10;

    /// <summary>The first that matches counts; programs come last, because they are known by no name.</summary>
    private static readonly LanguageFormat[] All =
    [
        new(PythonMetadata.Matches, Document, PythonMetadata.Read),
        new(NodePackage.Matches, 16 << 10, NodePackage.Read),
        new(NodeLock.Matches, Document, NodeLock.Read),
        new(DotNetDependencies.Matches, Document, DotNetDependencies.Read),
        new(ComposerInstalled.Matches, Document, ComposerInstalled.Read),
        new(GemSpecification.Matches, 16 << 10, GemSpecification.Read),
        new(JavaArchive.Matches, 0, JavaArchive.Read),
        new(ProgramFile.Matches, 64, ProgramFile.Read),
    ];

    // What a guest must read to see a directory's children is not what it runs: other copies of the system, and the kernel's own views.
    private static readonly FrozenSet<string> NotEntered = new[]
    {
        "/proc", "/sys", "/dev", "/.snapshots", "/Windows/WinSxS", "/Windows/servicing", "/System Volume Information", "/$Recycle.Bin",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool IsEntered(string path) => !NotEntered.Contains(path);

    public static LanguageFormat? Find(string path) => Array.Find(All, format => format.Matches(path));
}
