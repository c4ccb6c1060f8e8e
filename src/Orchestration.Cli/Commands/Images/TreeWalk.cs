using Orchestration.Inspection;
using Orchestration.Inspection.Files;

namespace Orchestration.Cli.Commands.Images;

/// <summary>All files below a path, depth first. Damage ends one branch and not the walk.</summary>
/// <param name="tree">The files.</param>
/// <param name="damaged">Told of each place that cannot be read.</param>
internal sealed class TreeWalk(GuestTree tree, Action<string> damaged)
{
    // Folders that lead back to themselves are damage; no guest is nested so deep.
    private const int MaximumDepth = 200;

    public IEnumerable<GuestFile> Below(string path, CancellationToken cancellationToken)
    {
        var pending = new Stack<(string Path, int Depth)>([(path, 0)]);
        while (pending.TryPop(out var folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var entry in List(folder.Path).OrderByDescending(entry => entry.Name, StringComparer.Ordinal))
            {
                yield return entry;
                if (entry.IsDirectory && folder.Depth < MaximumDepth)
                {
                    pending.Push((entry.Path, folder.Depth + 1));
                }
                else if (entry.IsDirectory)
                {
                    damaged($"{entry.Path} is nested deeper than {MaximumDepth}");
                }
            }
        }
    }

    private IReadOnlyList<GuestFile> List(string path)
    {
        try
        {
            return tree.List(path);
        }
        catch (InspectionException exception)
        {
            damaged(exception.Message);
            return [];
        }
    }
}
