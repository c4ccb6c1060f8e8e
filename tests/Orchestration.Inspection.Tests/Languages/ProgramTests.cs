using System.IO.Compression;
using System.Text;
using Orchestration.GuestFixtures;
using Orchestration.Inspection.Languages;

namespace Orchestration.Inspection.Tests.Languages;

/// <summary>Packages that a compiler noted in a program.</summary>
public sealed class ProgramTests
{
    private const string Modules =
        "path\texample.com/app\nmod\texample.com/app\t(devel)\t\ndep\tgolang.org/x/net\tv0.17.0\th1:abc=\ndep\tgithub.com/old/thing\tv1.0.0\n=>\tgithub.com/new/thing\tv1.1.0\th1:def=\n"
        + "dep\texample.com/local\tv0.0.0\n=>\t../local\t\t\nbuild\t-compiler=gc\n";

    private static readonly string[] Expected = ["github.com/new/thing v1.1.0", "golang.org/x/net v0.17.0", "stdlib 1.21.4"];

    [Fact]
    public void Go_programs_since_1_18_have_their_modules_inline()
    {
        var program = new ElfBuilder().Section(".text", new byte[100]).Section(".go.buildinfo", Inline("go1.21.4 X:boringcrypto")).Build();

        Assert.Equal(Expected, Scan(program).Select(package => $"{package.Name} {package.Version}"));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Earlier_Go_programs_point_to_them(bool is64Bit, bool isLittleEndian)
    {
        var builder = new ElfBuilder(is64Bit, isLittleEndian);
        var width = is64Bit ? 8 : 4;
        byte[] Text(byte[] content)
        {
            var address = builder.Next;
            builder.Section(".data", content);
            var text = builder.Next;
            builder.Section(".data", [.. builder.Word(address), .. builder.Word((ulong)content.Length)]);
            return builder.Word(text);
        }

        var version = Text("go1.21.4"u8.ToArray());
        var modules = Text(Marked(Modules));
        var program = builder.Section(".go.buildinfo", [.. Header((byte)width, (byte)(isLittleEndian ? 0 : 1)), .. version, .. modules, .. new byte[16 - (2 * width)]]).Build();

        Assert.Equal(Expected, Scan(program).Select(package => $"{package.Name} {package.Version}"));
    }

    [Fact]
    public void A_stripped_Go_program_keeps_its_modules_where_its_data_begins()
    {
        var program = new ElfBuilder().Section(".go.buildinfo", Inline("go1.21.4")).Build(stripped: true);

        Assert.Equal(Expected, Scan(program).Select(package => $"{package.Name} {package.Version}"));
    }

    [Fact]
    public void Auditable_Rust_programs_list_their_crates_but_not_those_of_the_build()
    {
        const string Audit = """
            {"packages":[{"name":"app","version":"0.1.0","source":"local","root":true},{"name":"serde","version":"1.0.190","source":"crates.io"},
            {"name":"cc","version":"1.0.83","source":"crates.io","kind":"build"},{"name":"mine","version":"0.2.0","source":"git"}]}
            """;
        using var packed = new MemoryStream();
        using (var deflater = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflater.Write(Encoding.UTF8.GetBytes(Audit));
        }

        var package = Assert.Single(Scan(new ElfBuilder().Section(".dep-v0", packed.ToArray()).Build()));

        Assert.Equal(("crates.io", "serde", "1.0.190", "/usr/local/bin/app"), (package.Ecosystem, package.Name, package.Version, package.Path));
    }

    [Fact]
    public void A_program_whose_notes_lie_is_a_warning()
    {
        byte[] endless = [.. Header(8, 2), .. new byte[16], 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F];
        byte[] outside = [.. Header(8, 0), .. BitConverter.GetBytes(0xFFFF_FFFF_FFFF_FFF0), .. BitConverter.GetBytes(8UL)];
        var facts = LanguageScanner.Scan(
            new GuestBuilder().File("/opt/a", new ElfBuilder().Section(".go.buildinfo", endless).Build(), 755).File("/opt/b", new ElfBuilder().Section(".go.buildinfo", outside).Build(), 755)
                .File("/opt/c", new ElfBuilder().Section(".dep-v0", [1, 2, 3]).Build(), 755).Build(),
            new LanguageScanOptions(),
            CancellationToken.None);

        Assert.Empty(facts.Found);
        Assert.Equal(["/opt/a", "/opt/b", "/opt/c"], facts.Warnings.Select(warning => warning.File));
    }

    [Fact]
    public void Every_cut_of_a_program_ends_in_an_answer()
    {
        var program = new ElfBuilder().Section(".go.buildinfo", Inline("go1.21.4")).Build();
        var builder = new GuestBuilder();
        for (var length = 0; length < 64; length++)
        {
            builder.File($"/opt/{length}", [.. program.Take(length), .. Enumerable.Repeat((byte)0xFF, (300 << 10) - length)], 755);
        }

        Assert.Empty(LanguageScanner.Scan(builder.Build(), new LanguageScanOptions(), CancellationToken.None).Found);
    }

    private static IReadOnlyList<LanguagePackage> Scan(byte[] program)
    {
        var facts = LanguageScanner.Scan(new GuestBuilder().File("/usr/local/bin/app", program, 755).Build(), new LanguageScanOptions(), CancellationToken.None);
        Assert.Empty(facts.Warnings);
        return facts.Found;
    }

    private static byte[] Header(byte pointerSize, byte flags) => [0xFF, .. " Go buildinf:"u8, pointerSize, flags];

    private static byte[] Marked(string modules) => [.. new byte[16], .. Encoding.UTF8.GetBytes(modules), .. new byte[16]];

    private static byte[] Inline(string version)
    {
        byte[] Prefixed(byte[] text) => [.. Varint(text.Length), .. text];
        return [.. Header(8, 2), .. new byte[16], .. Prefixed(Encoding.UTF8.GetBytes(version)), .. Prefixed(Marked(Modules))];
    }

    private static byte[] Varint(int value) => value < 0x80 ? [(byte)value] : [(byte)(value | 0x80), .. Varint(value >> 7)];
}
