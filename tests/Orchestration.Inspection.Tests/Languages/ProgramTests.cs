using Orchestration.GuestFixtures;
using Orchestration.Inspection.Languages;

namespace Orchestration.Inspection.Tests.Languages;

/// <summary>Packages that a compiler noted in a program.</summary>
public sealed class ProgramTests
{
    [Fact]
    public void Go_programs_since_1_18_have_their_modules_inline()
    {
        var program = new ElfBuilder().Section(".text", new byte[100]).Section(".go.buildinfo", CompilerNotes.Inline("go1.21.4 X:boringcrypto")).Build();

        Assert.Equal(CompilerNotes.Expected, Scan(program).Select(package => $"{package.Name} {package.Version}"));
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
        var modules = Text(CompilerNotes.Marked(CompilerNotes.Modules));
        var program = builder.Section(".go.buildinfo", [.. CompilerNotes.GoHeader((byte)width, (byte)(isLittleEndian ? 0 : 1)), .. version, .. modules, .. new byte[16 - (2 * width)]]).Build();

        Assert.Equal(CompilerNotes.Expected, Scan(program).Select(package => $"{package.Name} {package.Version}"));
    }

    [Fact]
    public void A_stripped_Go_program_keeps_its_modules_where_its_data_begins()
    {
        var program = new ElfBuilder().Section(".go.buildinfo", CompilerNotes.Inline("go1.21.4")).Build(stripped: true);

        Assert.Equal(CompilerNotes.Expected, Scan(program).Select(package => $"{package.Name} {package.Version}"));
    }

    [Fact]
    public void Auditable_Rust_programs_list_their_crates_but_not_those_of_the_build()
    {
        var package = Assert.Single(Scan(new ElfBuilder().Section(".dep-v0", CompilerNotes.RustAudit()).Build()));

        Assert.Equal(("crates.io", "serde", "1.0.190", "/usr/local/bin/app"), (package.Ecosystem, package.Name, package.Version, package.Path));
    }

    [Fact]
    public void A_program_whose_notes_lie_is_a_warning()
    {
        byte[] endless = [.. CompilerNotes.GoHeader(8, 2), .. new byte[16], 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F];
        byte[] outside = [.. CompilerNotes.GoHeader(8, 0), .. BitConverter.GetBytes(0xFFFF_FFFF_FFFF_FFF0), .. BitConverter.GetBytes(8UL)];
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
        var program = new ElfBuilder().Section(".go.buildinfo", CompilerNotes.Inline("go1.21.4")).Build();
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
}
