using Orchestration.GuestFixtures;

namespace Orchestration.Inspection.Tests.Support;

/// <summary>A guest whose files are written to a folder too, for tools that look at a root.</summary>
internal sealed class FolderGuest(string root)
{
    private readonly GuestBuilder _guest = new();

    public FolderGuest File(string path, string content)
    {
        System.IO.File.WriteAllText(Prepare(path), content);
        _guest.File(path, content);
        return this;
    }

    public FolderGuest Link(string path, string target)
    {
        System.IO.File.CreateSymbolicLink(Prepare(path), target);
        _guest.Link(path, target);
        return this;
    }

    public Guest Build() => _guest.Build();

    private string Prepare(string path)
    {
        var file = root + path;
        Directory.CreateDirectory(Path.GetDirectoryName(file) ?? root);
        return file;
    }
}
