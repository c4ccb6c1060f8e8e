using System.IO.Compression;
using Orchestration.DiskImages;
using Orchestration.DiskImages.Compression;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.KernelSettings;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Boot.InitialRamdisks;

/// <summary>
/// Lists the modules in an initial RAM disk: archives without compression first (microcode for the processor), then the one that matters,
/// compressed as the distribution likes. Only this one file is tens of megabytes, so it is read when asked for and not before.
/// </summary>
internal static class InitialRamdiskReader
{
    /// <summary>Those with every driver there is stay below half of it, uncompressed.</summary>
    private const long MaximumBytes = 1L << 30;

    private const int MaximumFiles = 500_000;

    private const int MaximumIndexBytes = 16 << 20;

    private static readonly string[] ModuleEndings = [".ko", ".ko.xz", ".ko.zst", ".ko.gz"];

    private static readonly (byte[] Magic, string Name)[] Compressions =
    [
        ([0x1F, 0x8B], "gzip"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz"), ([0x02, 0x21, 0x4C, 0x18], "lz4"),
        ([0x42, 0x5A, 0x68], "bzip2"), ([0x89, 0x4C, 0x5A, 0x4F], "lzo"), ([0x5D, 0x00, 0x00], "lzma"),
    ];

    public static InitialRamdiskFacts Read(FactReader reader, BootFacts boot)
    {
        var kernel = boot.DefaultKernel;
        var builtIn = kernel?.Modules is { } directory && reader.Text($"{directory}/modules.builtin", MaximumIndexBytes) is { } index
            ? TextLines.Significant(index).Select(line => ModuleName(line.Text)).OfType<string>().ToHashSet(StringComparer.Ordinal)
            : null;
        var facts = new InitialRamdiskFacts { KernelVersion = kernel?.Version, Path = kernel?.InitialRamdisk, BuiltIn = builtIn };
        if (facts.Path is not { } path || reader.Open(path) is not { } content)
        {
            return facts with { Warnings = reader.Warnings };
        }

        using var stream = new GuestContentStream(content);
        var modules = new HashSet<string>(StringComparer.Ordinal);
        string? compression = "none";
        var isWhole = false;
        try
        {
            compression = ReadArchives(stream, modules) ?? "none";
            isWhole = compression is "none" or "gzip" or "zstd" or "xz" or "lzma" or "lz4" or "lzo";
            if (!isWhole)
            {
                reader.WarnUnreadable(path, $"expected gzip, zstd, xz, lzma, lz4, lzo or no compression, found {compression}");
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or InspectionException or DiskImageException)
        {
            reader.WarnUnreadable(path, exception.Message);
        }

        return facts with { Compression = compression, Modules = isWhole ? modules : null, Warnings = reader.Warnings };
    }

    /// <returns>The compression of the last archive; null where none was compressed.</returns>
    private static string? ReadArchives(GuestContentStream stream, HashSet<string> modules)
    {
        var files = 0;
        void Add(string name)
        {
            if (++files > MaximumFiles)
            {
                throw new InvalidDataException($"expected at most {MaximumFiles} files, found more");
            }

            if (ModuleName(name) is { } module)
            {
                modules.Add(module);
            }
        }

        Span<byte> magic = stackalloc byte[CpioArchive.MagicLength];
        while (FindArchive(stream))
        {
            var start = stream.Position;
            magic.Clear();
            stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
            stream.Position = start;
            if (CpioArchive.IsMagic(magic))
            {
                CpioArchive.Read(new BoundedReader(stream, stream.Length), Add);
                continue;
            }

            var compression = "an unknown form";
            foreach (var (bytes, name) in Compressions)
            {
                compression = magic.StartsWith(bytes) ? name : compression;
            }

            using Stream? decompressed = compression switch
            {
                "gzip" => new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true),
                "zstd" => new ZstandardStream(stream, "initial RAM disk"),
                "xz" or "lzma" => new XzStream(stream, "initial RAM disk"),
                "lz4" => BlockStream.Lz4Legacy(stream),
                "lzo" => BlockStream.Lzop(stream),
                _ => null,
            };
            if (decompressed is not null)
            {
                for (var reader = new BoundedReader(decompressed, MaximumBytes); reader.SkipZeros();)
                {
                    CpioArchive.Read(reader, Add);
                }
            }

            return compression;
        }

        return null;
    }

    /// <summary>Passes over the zeros that fill the space between archives.</summary>
    private static bool FindArchive(GuestContentStream stream)
    {
        var buffer = new byte[64 << 10];
        while (true)
        {
            var start = stream.Position;
            var count = stream.Read(buffer);
            if (count == 0)
            {
                return false;
            }

            if (buffer.AsSpan(0, count).IndexOfAnyExcept((byte)0) is >= 0 and var first)
            {
                stream.Position = start + first;
                return true;
            }
        }
    }

    private static string? ModuleName(string path)
    {
        var name = GuestPath.Name(path);
        return Array.Find(ModuleEndings, ending => name.EndsWith(ending, StringComparison.Ordinal)) is { } ending ? ModuleRule.Canonical(name[..^ending.Length]) : null;
    }
}
