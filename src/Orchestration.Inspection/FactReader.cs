using Orchestration.Inspection.Files;

namespace Orchestration.Inspection;

/// <summary>Reads guest files for one fact set: what is missing is null or empty, what cannot be read is that and a warning.</summary>
internal sealed class FactReader(GuestTree files)
{
    /// <summary>No configuration file of a sane guest comes near this; larger ones are not read.</summary>
    public const int MaximumConfigurationBytes = 4 << 20;

    private readonly List<FactWarning> _warnings = [];

    public IReadOnlyList<FactWarning> Warnings => _warnings;

    public GuestTree Files => files;

    public void Warn(string file, string message) => _warnings.Add(new FactWarning(file, message, Unreadable: false));

    /// <summary>Records that something which is there could not be read, once for a file.</summary>
    public void WarnUnreadable(string file, string message)
    {
        if (!_warnings.Exists(warning => warning.Unreadable && warning.File == file))
        {
            _warnings.Add(new FactWarning(file, message, Unreadable: true));
        }
    }

    /// <summary>The text of a file; null where it is missing, not a regular file or unreadable.</summary>
    public string? Text(string path, int maximumBytes = MaximumConfigurationBytes) =>
        Try(path, () => files.Find(path) is { IsRegular: true } ? files.ReadText(path, maximumBytes) : null, null);

    /// <summary>The content of a file for reading here and there; null where it is missing, not a regular file or unreadable.</summary>
    public GuestContent? Open(string path) => Try(path, () => files.Find(path) is { IsRegular: true } ? files.Open(path) : null, null);

    /// <summary>The first bytes of a file; empty where it is missing or unreadable.</summary>
    public byte[] Start(string path, int length) =>
        Try(path, () => files.Find(path) is { IsRegular: true } ? files.ReadStart(path, length) : [], []);

    public GuestFile? Find(string path, bool follow = true) => Try(path, () => files.Find(path, follow), null);

    public bool Exists(string path) => Find(path) is not null;

    public string? Link(string path) => Try(path, () => files.ReadLink(path), null);

    public IReadOnlyList<GuestFile> List(string path) => Try(path, () => files.List(path), []);

    public IReadOnlyList<string> Glob(string pattern) => Try(pattern, () => files.Glob(pattern), []);

    /// <summary>Every readable file that matches, with its text, in ordinal order of the path.</summary>
    public IEnumerable<(string Path, string Text)> Texts(string pattern)
    {
        foreach (var path in Glob(pattern))
        {
            if (Text(path) is { } text)
            {
                yield return (path, text);
            }
        }
    }

    private T Try<T>(string path, Func<T> read, T missing)
    {
        try
        {
            return read();
        }
        catch (InspectionException exception)
        {
            WarnUnreadable(path, exception.Message);
            return missing;
        }
    }
}
