using Orchestration.GuestFixtures;
using Orchestration.Inspection.Languages;

namespace Orchestration.Inspection.Tests.Languages;

/// <summary>Packages that a compiler noted in a program for Windows.</summary>
public sealed class WindowsProgramTests
{
    private const uint Code = 0x6000_0020;
    private const uint ReadOnly = 0x4000_0040;

    [Fact]
    public void Go_programs_have_their_modules_where_their_data_begins()
    {
        var program = new PeBuilder().Section(".text", new byte[100], Code).Section(".rdata", CompilerNotes.Inline("go1.0"), ReadOnly).Section(".data", CompilerNotes.Inline("go1.21.4")).Build();

        Assert.Equal(CompilerNotes.Expected, Scan(program).Select(package => $"{package.Name} {package.Version}"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Earlier_Go_programs_point_to_them_by_address(bool is64Bit)
    {
        var builder = new PeBuilder(is64Bit);
        var width = is64Bit ? 8 : 4;
        var (version, modules) = ("go1.21.4"u8.ToArray(), CompilerNotes.Marked(CompilerNotes.Modules));
        var text = builder.Next();
        builder.Section(".rdata", [.. version, .. modules], ReadOnly);
        var strings = builder.Next(64);
        byte[] header = [.. CompilerNotes.GoHeader((byte)width, 0), .. builder.Word(strings), .. builder.Word(strings + (2 * (ulong)width))];
        var program = builder.Section(".data",
            [.. header, .. new byte[64 - header.Length], .. builder.Word(text), .. builder.Word((ulong)version.Length), .. builder.Word(text + (ulong)version.Length), .. builder.Word((ulong)modules.Length)]).Build();

        Assert.Equal(CompilerNotes.Expected, Scan(program).Select(package => $"{package.Name} {package.Version}"));
    }

    [Fact]
    public void Auditable_Rust_programs_list_their_crates()
    {
        var package = Assert.Single(Scan(new PeBuilder().Section(".data", new byte[100]).Section(".dep-v0", CompilerNotes.RustAudit(), ReadOnly).Build()));

        Assert.Equal(("crates.io", "serde", "1.0.190", "/Program Files/Tool/tool.exe"), (package.Ecosystem, package.Name, package.Version, package.Path));
    }

    [Fact]
    public void Every_cut_and_lie_of_the_tables_ends_in_an_answer()
    {
        var program = new PeBuilder().Section(".data", CompilerNotes.Inline("go1.21.4")).Build();
        var builder = new GuestBuilder("ntfs");
        for (var length = 0; length < 480; length++)
        {
            builder.File($"/cut/{length}.exe", [.. program.Take(length), .. Enumerable.Repeat((byte)0xFF, (300 << 10) - length)]);
        }

        foreach (var (name, offset) in new[] { ("start", 60), ("sections", 0x86), ("optional", 0x94), ("raw", 0x80 + 24 + 240 + 20) })
        {
            byte[] lie = [.. program];
            (lie[offset], lie[offset + 1]) = (0xFF, 0xFF);
            builder.File($"/lie/{name}.exe", lie);
        }

        var facts = LanguageScanner.Scan(builder.Build(), new LanguageScanOptions(), CancellationToken.None);

        Assert.DoesNotContain(facts.Found, package => package.Path.StartsWith("/lie/", StringComparison.Ordinal));
        Assert.Contains(facts.Warnings, warning => warning is { File: "/lie/sections.exe", Unreadable: true });
    }

    private static IReadOnlyList<LanguagePackage> Scan(byte[] program)
    {
        // No permission to run it is needed.
        var facts = LanguageScanner.Scan(new GuestBuilder("ntfs").File("/Program Files/Tool/tool.exe", program).Build(), new LanguageScanOptions(), CancellationToken.None);
        Assert.Empty(facts.Warnings);
        return facts.Found;
    }
}
