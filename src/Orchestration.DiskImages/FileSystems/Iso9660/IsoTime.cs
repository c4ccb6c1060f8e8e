using System.Globalization;
using System.Text;

namespace Orchestration.DiskImages.FileSystems.Iso9660;

/// <summary>Times of ISO 9660, which say how far from UTC they are in quarters of an hour. What is no time becomes the start of 1970.</summary>
internal static class IsoTime
{
    public const int ShortLength = 7;
    public const int LongLength = 17;

    /// <summary>ECMA-119 section 9.1.5: numbers, to the second.</summary>
    public static DateTimeOffset ReadShort(ReadOnlySpan<byte> bytes) =>
        Create(1900 + bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], 0, (sbyte)bytes[6]);

    /// <summary>ECMA-119 section 8.4.26.1: digits, to hundredths of a second.</summary>
    public static DateTimeOffset ReadLong(ReadOnlySpan<byte> bytes)
    {
        var digits = Encoding.ASCII.GetString(bytes[..(LongLength - 1)]);
        int Part(int start, int length) => int.Parse(digits.AsSpan(start, length), NumberStyles.None, CultureInfo.InvariantCulture);
        return digits.All(char.IsAsciiDigit)
            ? Create(Part(0, 4), Part(4, 2), Part(6, 2), Part(8, 2), Part(10, 2), Part(12, 2), Part(14, 2), (sbyte)bytes[LongLength - 1])
            : DateTimeOffset.UnixEpoch;
    }

    private static DateTimeOffset Create(int year, int month, int day, int hour, int minute, int second, int hundredths, sbyte quarters)
    {
        const int MostQuarters = 56;
        var isTime = year is > 1 and < 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            && hour < 24 && minute < 60 && second < 60 && quarters is >= -MostQuarters and <= MostQuarters;
        return isTime
            ? new DateTimeOffset(year, month, day, hour, minute, second, hundredths * 10, TimeSpan.FromMinutes(quarters * 15)).ToUniversalTime()
            : DateTimeOffset.UnixEpoch;
    }
}
