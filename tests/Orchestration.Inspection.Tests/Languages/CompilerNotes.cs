using System.IO.Compression;
using System.Text;

namespace Orchestration.Inspection.Tests.Languages;

/// <summary>What compilers note in programs, as bytes.</summary>
internal static class CompilerNotes
{
    /// <summary>A module with a version, one that another replaces, and two that have none.</summary>
    public const string Modules =
        "path\texample.com/app\nmod\texample.com/app\t(devel)\t\ndep\tgolang.org/x/net\tv0.17.0\th1:abc=\ndep\tgithub.com/old/thing\tv1.0.0\n=>\tgithub.com/new/thing\tv1.1.0\th1:def=\n"
        + "dep\texample.com/local\tv0.0.0\n=>\t../local\t\t\nbuild\t-compiler=gc\n";

    private const string Audit = """
        {"packages":[{"name":"app","version":"0.1.0","source":"local","root":true},{"name":"serde","version":"1.0.190","source":"crates.io"},
        {"name":"cc","version":"1.0.83","source":"crates.io","kind":"build"},{"name":"mine","version":"0.2.0","source":"git"}]}
        """;

    /// <summary>What is found of <see cref="Modules"/> and the compiler's version.</summary>
    public static IReadOnlyList<string> Expected { get; } = ["github.com/new/thing v1.1.0", "golang.org/x/net v0.17.0", "stdlib 1.21.4"];

    /// <summary>The start of Go's build information.</summary>
    public static byte[] GoHeader(byte pointerSize, byte flags) => [0xFF, .. " Go buildinf:"u8, pointerSize, flags];

    /// <summary>The list of modules between its two marks.</summary>
    public static byte[] Marked(string modules) => [.. new byte[16], .. Encoding.UTF8.GetBytes(modules), .. new byte[16]];

    /// <summary>Build information as Go writes it since 1.18.</summary>
    public static byte[] Inline(string version)
    {
        byte[] Prefixed(byte[] text) => [.. Varint(text.Length), .. text];
        return [.. GoHeader(8, 2), .. new byte[16], .. Prefixed(Encoding.UTF8.GetBytes(version)), .. Prefixed(Marked(Modules))];
    }

    /// <summary>What <c>cargo auditable</c> adds: one crate of the program, and others that are not.</summary>
    public static byte[] RustAudit()
    {
        using var packed = new MemoryStream();
        using (var deflater = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflater.Write(Encoding.UTF8.GetBytes(Audit));
        }

        return packed.ToArray();
    }

    private static byte[] Varint(int value) => value < 0x80 ? [(byte)value] : [(byte)(value | 0x80), .. Varint(value >> 7)];
}
