using System.Buffers.Binary;

namespace Orchestration.Inspection.OperatingSystems;

/// <summary>The machine that an ELF program runs on, from its header (System V ABI, chapter 4).</summary>
internal static class ElfHeader
{
    public const int Length = 20;

    private const int MachineOffset = 18;

    /// <returns>The name that <c>uname -m</c> gives; null where the bytes are no ELF header or the machine is not known.</returns>
    public static string? Architecture(ReadOnlySpan<byte> header)
    {
        if (header.Length < Length || !header.StartsWith("\u007fELF"u8))
        {
            return null;
        }

        var is64Bit = header[4] == 2;
        var isLittleEndian = header[5] == 1;
        var field = header.Slice(MachineOffset, 2);
        var machine = isLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(field) : BinaryPrimitives.ReadUInt16BigEndian(field);
        return machine switch
        {
            0x03 => "i686",
            0x08 => isLittleEndian ? "mipsel" : "mips",
            0x15 => isLittleEndian ? "ppc64le" : "ppc64",
            0x16 => "s390x",
            0x28 => "armv7l",
            0x3E => is64Bit ? "x86_64" : "x32",
            0xB7 => "aarch64",
            0xF3 => is64Bit ? "riscv64" : "riscv32",
            0x102 => "loongarch64",
            _ => null,
        };
    }
}
