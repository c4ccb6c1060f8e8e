using System.Globalization;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Boot;

/// <summary>Menus that are lists of commands: GRUB before version 2 (<c>title</c>, <c>kernel</c>), and extlinux (<c>LABEL</c>, <c>LINUX</c>, <c>APPEND</c>).</summary>
internal static class SimpleMenu
{
    private static readonly (string File, string Loader)[] Files =
    [
        ("/boot/grub/menu.lst", "grub"), ("/boot/grub/grub.conf", "grub"), ("/boot/extlinux/extlinux.conf", "extlinux"), ("/boot/extlinux.conf", "extlinux"),
        ("/boot/syslinux/syslinux.cfg", "syslinux"),
    ];

    public static IReadOnlyList<string> Paths { get; } = [.. Files.Select(file => file.File)];

    /// <returns>Null where the guest has none.</returns>
    public static BootFacts? Read(FactReader reader)
    {
        if (Array.Find(Files, file => reader.Exists(file.File)) is not { File: { } path, Loader: var loader } || reader.Text(path) is not { } text)
        {
            return null;
        }

        var entries = new List<BootEntry>();
        string? title = null, id = null, wanted = null;
        var hasPassword = false;
        foreach (var line in TextLines.Significant(text))
        {
            var words = line.Words;
            switch (words[0].ToLowerInvariant())
            {
                case "default" or "ontimeout":
                    wanted = string.Join(' ', words.Skip(1)).TrimStart('=').Trim();
                    break;
                case var assignment when assignment.StartsWith("default=", StringComparison.Ordinal):
                    wanted = assignment["default=".Length..];
                    break;
                case "title":
                    title = string.Join(' ', words.Skip(1));
                    break;
                case "label":
                    title = id = words.ElementAtOrDefault(1);
                    break;
                case "menu" when words is [_, var what, ..] && what.Equals("label", StringComparison.OrdinalIgnoreCase):
                    title = string.Join(' ', words.Skip(2));
                    break;
                case "kernel" or "linux" when words.Length > 1 && title is not null:
                    entries.Add(new BootEntry(title, id, words[1], words[2..], line.Number) { File = path });
                    break;
                case "append" when entries.Count > 0:
                    entries[^1] = entries[^1] with { Parameters = [.. entries[^1].Parameters, .. words.Skip(1)], InitialRamdisks = [.. entries[^1].InitialRamdisks, .. InitialRamdisks(words)] };
                    break;
                case "initrd" when words.Length > 1 && entries.Count > 0:
                    entries[^1] = entries[^1] with { InitialRamdisks = [.. words.Skip(1).SelectMany(word => word.Split(','))] };
                    break;
                case "password" or "menu" when words.Contains("passwd", StringComparer.OrdinalIgnoreCase) || words[0] == "password":
                    hasPassword = true;
                    break;
            }
        }

        return new BootFacts
        {
            BootLoader = loader,
            ConfigurationFile = path,
            Entries = entries,
            DefaultEntry = int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < entries.Count && loader == "grub"
                ? entries[index]
                : entries.Find(entry => entry.Id == wanted) ?? entries.FirstOrDefault(),
            HasPassword = hasPassword,
        };
    }

    private static IEnumerable<string> InitialRamdisks(string[] words) =>
        words.Where(word => word.StartsWith("initrd=", StringComparison.Ordinal)).SelectMany(word => word["initrd=".Length..].Split(','));
}
