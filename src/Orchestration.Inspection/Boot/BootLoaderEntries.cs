using Orchestration.Inspection.Files;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Boot;

/// <summary>
/// Menu entries as files of their own, by the Boot Loader Specification: Fedora's and Red Hat's GRUB reads them, and systemd-boot. The
/// newest comes first.
/// </summary>
internal static class BootLoaderEntries
{
    private static readonly string[] Directories = ["/boot/loader/entries", "/efi/loader/entries", "/boot/efi/loader/entries"];

    private static readonly string[] LoaderFiles = ["/boot/loader/loader.conf", "/efi/loader/loader.conf", "/boot/efi/loader/loader.conf"];

    public static IReadOnlyList<string> Paths { get; } = [.. Directories.Select(directory => $"{directory}/*.conf"), .. LoaderFiles];

    /// <param name="reader">Reads them.</param>
    /// <param name="variables">Of GRUB's environment block: entries name some as <c>$kernelopts</c>.</param>
    public static IReadOnlyList<BootEntry> Read(FactReader reader, IReadOnlyDictionary<string, Assignment> variables) =>
    [
        .. Directories.SelectMany(directory => reader.Texts($"{directory}/*.conf"))
            .Select(file => Parse(file.Path, file.Text, variables)).OfType<(string Version, BootEntry Entry)>()
            .OrderByDescending(item => item.Version, KernelVersionComparer.Instance).Select(item => item.Entry),
    ];

    /// <summary>systemd-boot's <c>loader.conf</c>; null where the guest has none.</summary>
    public static string? FindLoaderFile(FactReader reader) => LoaderFiles.FirstOrDefault(reader.Exists);

    /// <summary>systemd-boot itself, which needs no configuration; null where the guest has none.</summary>
    public static string? FindLoaderProgram(FactReader reader) =>
        UnifiedKernelImages.FileSystems.SelectMany(mountPoint => reader.Glob($"{mountPoint}/EFI/systemd/systemd-boot*.efi")).FirstOrDefault();

    /// <summary>The entry that matches <c>default</c> in <c>loader.conf</c>, else the newest.</summary>
    public static BootEntry? FindDefault(FactReader reader, string loaderFile, IReadOnlyList<BootEntry> entries)
    {
        var wanted = TextLines.Significant(loaderFile.EndsWith(".conf", StringComparison.Ordinal) ? reader.Text(loaderFile) ?? "" : "").Select(line => line.Words).LastOrDefault(words => words is ["default", _, ..])?[1];
        return entries.FirstOrDefault(entry => wanted is not null && (GuestPath.Matches(wanted, entry.Id ?? "") || GuestPath.Matches(wanted, $"{entry.Id}.conf") || GuestPath.Matches(wanted, GuestPath.Name(entry.File ?? ""))))
            ?? (entries.Count > 0 ? entries[0] : null);
    }

    private static (string Version, BootEntry Entry)? Parse(string path, string text, IReadOnlyDictionary<string, Assignment> variables)
    {
        var fields = TextLines.Significant(text).Select(line => (line.Number, Words: line.Text.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries)))
            .Where(line => line.Words.Length == 2).ToLookup(line => line.Words[0], line => (line.Number, Value: line.Words[1]), StringComparer.Ordinal);
        if (fields["linux"].FirstOrDefault() is not { Value: { } kernel, Number: var number })
        {
            return null;
        }

        var id = Path.GetFileNameWithoutExtension(GuestPath.Name(path));
        var parameters = from options in fields["options"]
                         from word in options.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                         from parameter in word.StartsWith('$') ? variables.GetValueOrDefault(word[1..])?.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [] : [word]
                         select parameter;
        return (fields["version"].FirstOrDefault().Value ?? id, new BootEntry(fields["title"].FirstOrDefault().Value ?? id, id, kernel, [.. parameters], number)
        {
            File = path,
            InitialRamdisks = [.. fields["initrd"].SelectMany(initrd => initrd.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(name => !name.StartsWith('$'))],
        });
    }
}
