using System.Buffers.Binary;
using System.Text;

namespace Orchestration.DiskImages.Formats.Qcow2;

/// <summary>The header extensions that matter to a reader.</summary>
/// <param name="BackingFormat">Recorded format of the backing file.</param>
/// <param name="ExternalDataFile">Name of the external data file.</param>
/// <param name="EncryptionHeader">Where the header of the encryption lies.</param>
/// <param name="IncompatibleNames">What the image itself calls its incompatible feature bits.</param>
internal sealed record Qcow2HeaderExtensions(string? BackingFormat, string? ExternalDataFile, long? EncryptionHeader, IReadOnlyDictionary<int, string> IncompatibleNames)
{
    private const uint EndType = 0;
    private const uint BackingFormatType = 0xe2792aca;
    private const uint ExternalDataFileType = 0x44415441;
    private const uint EncryptionHeaderType = 0x0537be77;
    private const uint FeatureNamesType = 0x6803f857;
    private const int FeatureNameEntryLength = 48;

    /// <param name="cluster">The first cluster, or what the image has of it.</param>
    /// <param name="offset">End of the header, where the extensions begin.</param>
    public static Qcow2HeaderExtensions Read(ReadOnlySpan<byte> cluster, int offset)
    {
        string? backingFormat = null;
        string? dataFile = null;
        long? encryptionHeader = null;
        var names = new Dictionary<int, string>();
        while (offset <= cluster.Length - 8)
        {
            var type = BinaryPrimitives.ReadUInt32BigEndian(cluster[offset..]);
            var length = BinaryPrimitives.ReadUInt32BigEndian(cluster[(offset + 4)..]);
            if (type == EndType)
            {
                break;
            }

            if (length > cluster.Length - offset - 8)
            {
                throw Qcow2Header.Corrupt(offset, $"header extension 0x{type:x8} has {length} bytes and leaves the first cluster");
            }

            var data = cluster.Slice(offset + 8, (int)length);
            switch (type)
            {
                case BackingFormatType:
                    backingFormat = Encoding.UTF8.GetString(data);
                    break;
                case ExternalDataFileType:
                    dataFile = Encoding.UTF8.GetString(data);
                    break;
                case EncryptionHeaderType when length >= sizeof(long):
                    encryptionHeader = BinaryPrimitives.ReadInt64BigEndian(data);
                    break;
                case FeatureNamesType:
                    ReadFeatureNames(data, names);
                    break;
            }

            offset += 8 + (((int)length + 7) & ~7);
        }

        return new Qcow2HeaderExtensions(backingFormat, dataFile, encryptionHeader, names);
    }

    public string NameIncompatibleBit(int bit) => IncompatibleNames.TryGetValue(bit, out var name) ? $"bit {bit} ({name})" : $"bit {bit}";

    private static void ReadFeatureNames(ReadOnlySpan<byte> table, Dictionary<int, string> names)
    {
        for (; table.Length >= FeatureNameEntryLength; table = table[FeatureNameEntryLength..])
        {
            const byte Incompatible = 0;
            if (table[0] == Incompatible)
            {
                names[table[1]] = Encoding.UTF8.GetString(table[2..FeatureNameEntryLength].TrimEnd((byte)0));
            }
        }
    }
}
