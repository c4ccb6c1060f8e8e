using System.Text;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Languages.Programs;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Boot;

/// <summary>
/// Kernels that are programs of the firmware with command line, release file and version in sections of their own (Boot Loader Specification, type 2;
/// UAPI.5). The newest comes first.
/// </summary>
internal static class UnifiedKernelImages
{
    private const int MaximumImages = 64;

    private const int MaximumSectionBytes = 64 << 10;

    /// <summary>Where the partition of the firmware may be mounted.</summary>
    public static IReadOnlyList<string> FileSystems { get; } = ["/efi", "/boot", "/boot/efi"];

    public static IReadOnlyList<string> Paths { get; } = [.. FileSystems.Select(mountPoint => $"{mountPoint}/EFI/Linux/*.efi")];

    public static IReadOnlyList<BootEntry> Read(FactReader reader) =>
    [
        .. Paths.SelectMany(reader.Glob).DistinctBy(GuestPath.Name).Take(MaximumImages).Select(path => Parse(reader, path)).OfType<(string Version, BootEntry Entry)>()
            .OrderByDescending(item => item.Version, KernelVersionComparer.Instance).Select(item => item.Entry),
    ];

    private static (string Version, BootEntry Entry)? Parse(FactReader reader, string path)
    {
        try
        {
            if (reader.Open(path) is not { } content || PeFile.Open(content) is not { } program || program.FindSection(".linux") is null)
            {
                return null;
            }

            var release = ShellAssignments.Parse(Section(program, ".osrel"));
            string? Field(string name) => release.GetValueOrDefault(name)?.Value;
            var parameters = Section(program, ".cmdline").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            var id = Path.GetFileNameWithoutExtension(GuestPath.Name(path));
            var version = Field("IMAGE_VERSION") ?? Field("VERSION_ID") ?? Field("BUILD_ID") ?? Section(program, ".uname");
            return (version, new BootEntry(Field("PRETTY_NAME") ?? id, id, $"/EFI/Linux/{GuestPath.Name(path)}", parameters, null) { File = path });
        }
        catch (InspectionException exception)
        {
            reader.Warn(path, exception.Message);
            return null;
        }
    }

    private static string Section(PeFile program, string name) => program.FindSection(name) is { Length: > 0 } part
        ? Encoding.UTF8.GetString(program.Content.ReadBytes(part.Offset, (int)Math.Min(part.Length, MaximumSectionBytes))).Trim('\0', '\n', ' ')
        : "";
}
