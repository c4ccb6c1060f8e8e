using System.Globalization;

namespace Orchestration.DiskImages.Volumes.Lvm.Metadata;

/// <summary>A section of LVM's text metadata: values and sections by name. Unknown ones do no harm.</summary>
/// <param name="path">Where it stands, for errors: <c>vg/logical_volumes/root</c>.</param>
internal sealed class LvmSection(string path)
{
    public const string Layer = "lvm2";

    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    public string Path => path;

    /// <summary>The sections in it, in no certain order.</summary>
    public IEnumerable<(string Name, LvmSection Section)> Sections =>
        _values.Where(pair => pair.Value is LvmSection).Select(pair => (pair.Key, (LvmSection)pair.Value));

    /// <param name="name">The name.</param>
    /// <param name="value">A <see cref="long"/>, a <see cref="string"/>, a list of these, or a section.</param>
    public void Set(string name, object value) => _values[name] = value;

    public LvmSection? FindSection(string name) => _values.GetValueOrDefault(name) as LvmSection;

    public long? FindNumber(string name) => _values.GetValueOrDefault(name) as long?;

    public string? FindText(string name) => _values.GetValueOrDefault(name) as string;

    public IReadOnlyList<object> FindList(string name) => _values.GetValueOrDefault(name) as IReadOnlyList<object> ?? [];

    public string Text(string name) => FindText(name) ?? throw Missing(name, "a text");

    /// <summary>A number of extents or sectors: at least <paramref name="minimum"/>, and few enough to be multiplied into bytes.</summary>
    public long Number(string name, long minimum = 0)
    {
        const long Maximum = 1L << 40;
        return FindNumber(name) is { } number && number >= minimum && number <= Maximum
            ? number
            : throw Missing(name, string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {Maximum}"));
    }

    public static DiskImageException Corrupt(string rule, long? offset = null) => new(DiskImageError.Corrupt, Layer, offset, rule);

    private DiskImageException Missing(string name, string expected) =>
        Corrupt($"{path}: expected {expected} called {name}, found {(_values.TryGetValue(name, out var value) ? $"'{value}'" : "none")}");
}
