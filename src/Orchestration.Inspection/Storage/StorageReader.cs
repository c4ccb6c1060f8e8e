using Orchestration.Inspection.Mapping;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Storage;

/// <summary>fstab(5), mount units and crypttab(5).</summary>
internal static class StorageReader
{
    private const string Crypttab = "/etc/crypttab";

    public static IReadOnlyList<string> Paths { get; } = [.. MountConfiguration.Paths, Crypttab];

    public static StorageFacts Read(FactReader reader, GuestMap map) => new()
    {
        Mounts = MountConfiguration.Read(reader),
        FileSystems = map.FileSystems,
        EncryptedVolumes =
        [
            .. from line in TextLines.Significant(reader.Text(Crypttab) ?? "")
               let words = line.Words
               where words.Length >= 2
               select new EncryptedVolume(words[0], words[1], words.ElementAtOrDefault(2) is { } key and not ("none" or "-") ? key : null, line.Number),
        ],
        Warnings = reader.Warnings,
    };
}
