using System.IO.Compression;
using System.Text.Json;
using Orchestration.Inspection.Languages.Documents;

namespace Orchestration.Inspection.Languages.Programs;

/// <summary>The section <c>.dep-v0</c> that <c>cargo auditable</c> adds (rust-secure-code/cargo-auditable, PARSING.md): JSON compressed with zlib.</summary>
internal static class RustAudit
{
    private const int MaximumBytes = 8 << 20;

    public static IReadOnlyList<LanguagePackage> Read(ProgramImage program, ScannedFile file)
    {
        if (program.FindSection(".dep-v0") is not { Length: > 0 and <= MaximumBytes } section)
        {
            return [];
        }

        file.Budget.Take(section.Length);
        try
        {
            using var inflater = new ZLibStream(new MemoryStream(program.Content.ReadBytes(section.Offset, (int)section.Length)), CompressionMode.Decompress);
            var buffer = new byte[MaximumBytes];
            var length = inflater.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            using var document = JsonDocument.Parse(buffer.AsMemory(0, length), new JsonDocumentOptions { MaxDepth = 32 });
            return
            [
                .. from package in document.RootElement.Items("packages")
                   where package.Text("source") == "crates.io" && package.Text("kind") != "build"
                   let name = package.Text("name")
                   let version = package.Text("version")
                   where name is not null && version is not null
                   select new LanguagePackage("crates.io", name, version, file.Path),
            ];
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or IOException)
        {
            throw new InspectionException(InspectionError.FileUnreadable, file.Path, $"expected a list of crates in .dep-v0, found: {exception.Message}", exception);
        }
    }
}
