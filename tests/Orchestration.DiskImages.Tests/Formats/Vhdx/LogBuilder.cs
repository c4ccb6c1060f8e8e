using Orchestration.DiskImages.Formats.Vhdx;

namespace Orchestration.DiskImages.Tests.Formats.Vhdx;

/// <summary>Writes entries into the log of an image, which is a ring of 1 MiB.</summary>
internal sealed class LogBuilder(ImageBuilder image, int log, Guid identifier)
{
    public const int Sector = 4096;

    private const int Length = 1024 * 1024;

    /// <summary>Writes an entry of one data sector, or of zeros where there is no content; it takes two sectors, or one.</summary>
    public LogBuilder Entry(int start, ulong sequence, int tail, long target, byte[]? content, long zeroed = Sector, long? fileLength = null)
    {
        var entry = new ImageBuilder(new byte[content is null ? Sector : 2 * Sector]);
        entry.Set(0, "loge"u8).LittleEndian(8, (uint)entry.Bytes.Length).LittleEndian(12, (uint)tail).LittleEndian(16, sequence).LittleEndian(24, 1u)
            .Set(32, identifier.ToByteArray()).LittleEndian(48, (ulong)image.Bytes.Length).LittleEndian(56, (ulong)(fileLength ?? image.Bytes.Length));
        entry.Set(64, content is null ? "zero"u8 : "desc"u8).LittleEndian(80, (ulong)target).LittleEndian(88, sequence);
        if (content is null)
        {
            entry.LittleEndian(72, (ulong)zeroed);
        }
        else
        {
            entry.Set(68, content.AsSpan(Sector - 4)).Set(72, content.AsSpan(0, 8));
            entry.Set(Sector, "data"u8).LittleEndian(Sector + 4, (uint)(sequence >> 32)).Set(Sector + 8, content.AsSpan(8, Sector - 12)).LittleEndian(2 * Sector - 4, (uint)sequence);
        }

        entry.LittleEndian(4, VhdxFormat.ComputeChecksum(entry.Bytes));
        for (var i = 0; i < entry.Bytes.Length; i += Sector)
        {
            image.Set(log + (start + i) % Length, entry.Bytes.AsSpan(i, Sector));
        }

        return this;
    }

    /// <summary>Makes both headers say that the log is to be replayed.</summary>
    public LogBuilder MarkDirty()
    {
        foreach (var header in (ReadOnlySpan<int>)[VhdxBuilder.Header, VhdxBuilder.SecondHeader])
        {
            image.Set(header + 48, identifier.ToByteArray()).LittleEndian(header + 4, VhdxFormat.ComputeChecksum(image.Bytes.AsSpan(header, Sector)));
        }

        return this;
    }
}
