using System.Buffers.Binary;
using Orchestration.DiskImages.Tests.Support.Sources;

namespace Orchestration.DiskImages.Tests.Formats;

/// <summary>The bytes of an image, of which any field can be overwritten.</summary>
internal sealed class ImageBuilder(byte[] bytes)
{
    public byte[] Bytes => bytes;

    public ImageBuilder Set(int offset, params ReadOnlySpan<byte> value)
    {
        value.CopyTo(bytes.AsSpan(offset));
        return this;
    }

    public ImageBuilder LittleEndian(int offset, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), value);
        return this;
    }

    public ImageBuilder LittleEndian(int offset, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset), value);
        return this;
    }

    public ImageBuilder BigEndian(int offset, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(offset), value);
        return this;
    }

    public ImageBuilder BigEndian(int offset, ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(offset), value);
        return this;
    }

    public ImageBuilder Fill(int offset, int length, char content)
    {
        bytes.AsSpan(offset, length).Fill((byte)content);
        return this;
    }

    public MemoryByteSource Build(int? length = null) => new(length is null ? bytes : bytes[..length.Value]);

    /// <summary>Opening the image, or reading it from the start, fails in this way.</summary>
    public void IsRefused(string layer, DiskImageError error, string rule, int? length = null, int readLength = 1024, IBackingFileResolver? files = null)
    {
        var exception = Assert.Throws<DiskImageException>(() =>
        {
            using var image = DiskImage.Open(Build(length), backingFiles: files);
            var buffer = new byte[Math.Min(readLength, image.Content.Length)];
            image.Content.Read(0, buffer);
        });
        Assert.Equal(error, exception.Error);
        Assert.Equal(layer, exception.Layer);
        Assert.Contains(rule, exception.Rule, StringComparison.Ordinal);
    }
}
