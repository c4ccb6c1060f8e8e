using System.Globalization;
using System.Text;

namespace Orchestration.Inspection.Boot.InitialRamdisks;

/// <summary>
/// The names in archives of cpio's "new ASCII" form, of which the kernel unpacks several from one file (Linux,
/// <c>Documentation/driver-api/early-userspace/buffer-format.rst</c>).
/// </summary>
internal static class CpioArchive
{
    public const int MagicLength = 6;

    private const int HeaderLength = 110;
    private const int MaximumName = 4096;
    private const string LastName = "TRAILER!!!";

    public static bool IsMagic(ReadOnlySpan<byte> bytes) => bytes.StartsWith("070701"u8) || bytes.StartsWith("070702"u8);

    /// <summary>Reads one archive, up to its last entry, from a stream that stands at its beginning.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    /// <exception cref="EndOfStreamException">It is cut short.</exception>
    public static void Read(BoundedReader reader, Action<string> found)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        var name = new byte[MaximumName];
        while (true)
        {
            reader.Read(header);
            if (!IsMagic(header))
            {
                throw new InvalidDataException($"expected a header of cpio, found {Convert.ToHexString(header[..MagicLength])}");
            }

            var size = Field(header, 6);
            var nameLength = Field(header, 11);
            if (nameLength is 0 or > MaximumName)
            {
                throw new InvalidDataException($"expected a name of at most {MaximumName} bytes, found {nameLength}");
            }

            reader.Read(name.AsSpan(0, (int)nameLength));
            reader.Skip(Padding(HeaderLength + nameLength));
            var text = Encoding.UTF8.GetString(name, 0, (int)nameLength - 1);
            if (text == LastName)
            {
                return;
            }

            reader.Skip(size + Padding(size));
            found(text);
        }
    }

    /// <summary>After the magic come thirteen fields of eight hexadecimal digits.</summary>
    private static long Field(ReadOnlySpan<byte> header, int number) =>
        uint.TryParse(header.Slice(MagicLength + (number * 8), 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new InvalidDataException("expected hexadecimal digits in a header of cpio, found others");

    private static long Padding(long length) => (4 - (length % 4)) % 4;
}
