using System.Buffers.Binary;

namespace Orchestration.Inspection.Windows.Registry;

/// <summary>The first 512 bytes of a hive and of its logs (structure <c>HBASE_BLOCK</c>).</summary>
/// <param name="FirstSequence">Counted up before a write begins.</param>
/// <param name="SecondSequence">Set to the first when the write is complete: where both differ, the logs have the rest.</param>
/// <param name="Type">0 for a hive, 1 for a log of sectors, 6 for a log of entries (Windows 8.1 and later).</param>
/// <param name="RootCell">Offset of the root key's cell.</param>
/// <param name="Length">Length of all hive bins.</param>
/// <param name="IsIntact">The checksum is right.</param>
internal sealed record BaseBlock(uint FirstSequence, uint SecondSequence, uint Type, uint RootCell, uint Length, bool IsIntact)
{
    public const int Size = 512;

    private const int ChecksumOffset = 508;

    /// <returns>Null where the bytes have no signature.</returns>
    public static BaseBlock? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Size || !bytes.StartsWith("regf"u8))
        {
            return null;
        }

        uint checksum = 0;
        for (var offset = 0; offset < ChecksumOffset; offset += 4)
        {
            checksum ^= Field(bytes, offset);
        }

        checksum = checksum switch { 0 => 1, uint.MaxValue => uint.MaxValue - 1, _ => checksum };
        return new BaseBlock(Field(bytes, 4), Field(bytes, 8), Field(bytes, 28), Field(bytes, 36), Field(bytes, 40), checksum == Field(bytes, ChecksumOffset));
    }

    private static uint Field(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
}
