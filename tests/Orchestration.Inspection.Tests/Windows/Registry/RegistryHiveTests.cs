using System.Text;
using Orchestration.GuestFixtures;
using Orchestration.Inspection.Windows.Registry;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.Windows.Registry;

/// <summary>Hives that hivex wrote, beside what hivex itself reads in them.</summary>
public sealed class RegistryHiveTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hive-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [RequiresToolFact("hivexregedit")]
    public void Every_key_and_value_that_hivex_wrote_is_read_as_hivex_reads_it()
    {
        var file = Path.Combine(_folder, "hive");
        File.WriteAllBytes(file, new RegistryHiveBuilder().Key("Microsoft").Build());
        var changes = new StringBuilder("Windows Registry Editor Version 5.00\n\n[HKEY\\Microsoft\\Windows NT]\n\n[HKEY\\Microsoft\\Many]\n\n[HKEY\\Microsoft\\Windows NT\\CurrentVersion]\n\"ProductName\"=\"Windows Server 2022 Datacenter\"\n\"UBR\"=dword:0000083e\n\"Blob\"=hex:01,02,03,04,05,06\n\"List\"=hex(7):61,00,00,00,62,00,00,00,00,00\n@=\"the default\"\n\n");
        for (var number = 0; number < 700; number++)
        {
            changes.Append($"[HKEY\\Microsoft\\Many\\Key{number}]\n\"Number\"=dword:{number:x8}\n\n");
        }

        Tool.Run("hivexregedit", ["--merge", file, "--prefix", "HKEY"], changes.ToString());

        var expected = Tool.Run("hivexregedit", "--export", "--unsafe-printable-strings", "--prefix", "HKEY", file, "\\");
        Assert.Equal(Normalize(expected), Normalize(Export(Open(File.ReadAllBytes(file)).Root, "HKEY")));
    }

    [RequiresToolFact("hivexregedit")]
    public void Hivex_reads_the_hives_of_these_tests()
    {
        var file = Path.Combine(_folder, "hive");
        File.WriteAllBytes(file, new RegistryHiveBuilder().Text(@"A\B", "Name", "value").Number(@"A\B\C", "Number", 7).Build());

        Assert.Equal(Normalize(Export(Open(File.ReadAllBytes(file)).Root, "HKEY")), Normalize(Tool.Run("hivexregedit", "--export", "--unsafe-printable-strings", "--prefix", "HKEY", file, "\\")));
    }

    [Fact]
    public void Data_of_many_segments_is_joined()
    {
        var data = new byte[50_000];
        new Random(5).NextBytes(data);

        var value = Open(new RegistryHiveBuilder().Set("A", "Long", 3, data).Build()).Find("A")?.Value("long");

        Assert.Equal(data, value?.Bytes.ToArray());
    }

    [Fact]
    public void Names_are_found_whatever_their_case()
    {
        Assert.Equal("x", Open(new RegistryHiveBuilder().Text(@"Software\Vendor", "Name", "x").Build()).Find(@"SOFTWARE\vendor")?.Text("NAME"));
    }

    [Fact]
    public void The_time_of_a_key_is_read()
    {
        Assert.Equal(new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.Zero), Open(new RegistryHiveBuilder().Key("A").Build()).Find("A")?.LastWritten);
    }

    [Fact]
    public void Changed_bytes_are_damage_or_do_not_matter()
    {
        var whole = new RegistryHiveBuilder().Text(@"A\B\C", "Name", "value").Texts(@"A\B", "List", "a", "b").Set("A", "Long", 3, new byte[20_000]).Build();
        var random = new Random(20261121);
        for (var round = 0; round < 300; round++)
        {
            var file = (byte[])whole.Clone();
            for (var change = 0; change <= round % 3; change++)
            {
                file[random.Next(4096, 4096 + 1024)] = (byte)random.Next(256);
            }

            try
            {
                _ = Export(Open(file).Root, "HKEY", depth: 4);
            }
            catch (InspectionException exception)
            {
                Assert.Equal(InspectionError.FileUnreadable, exception.Error);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(511)]
    [InlineData(4095)]
    [InlineData(4300)]
    public void A_hive_that_is_cut_short_is_damaged(int length)
    {
        var file = new RegistryHiveBuilder().Text("A", "Name", "value").Build()[..length];

        Assert.Throws<InspectionException>(() => Open(file).Find("A")?.Text("Name"));
    }

    [Theory]
    [InlineData("", 0xb00892ac)]
    [InlineData("h", 0xf41a608e)]
    [InlineData("he", 0x11107c6b)]
    [InlineData("hel", 0x24056a46)]
    [InlineData("hell", 0x7f91e021)]
    public void The_hash_of_log_entries_gives_published_results(string text, uint folded)
    {
        var hash = Marvin32.Hash(Encoding.ASCII.GetBytes(text));

        Assert.Equal(folded, (uint)(hash >> 32) ^ (uint)hash);
    }

    private static RegistryHive Open(byte[] hive) => RegistryHive.Open(new GuestBuilder().File("/hive", hive).BuildTree().Open("/hive"), []);

    /// <summary>The text form of the Registry Editor.</summary>
    private static string Export(RegistryKey key, string path, int depth = 32)
    {
        var text = new StringBuilder($"[{path}]\n");
        foreach (var value in key.ReadValues())
        {
            var name = value.Name.Length == 0 ? "@" : $"\"{value.Name}\"";
            text.Append(value.Type switch
            {
                RegistryValueType.Text => $"{name}=str(1):\"{value.Text}\"\n",
                RegistryValueType.Number32 => $"{name}=dword:{value.Number:x8}\n",
                _ => $"{name}=hex({(int)value.Type:x}):{string.Join(',', value.Bytes.ToArray().Select(octet => octet.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)))}\n",
            });
        }

        text.Append('\n');
        if (depth > 0)
        {
            foreach (var subkey in key.ReadSubkeys())
            {
                text.Append(Export(subkey, $"{path}\\{subkey.Name}", depth - 1));
            }
        }

        return text.ToString();
    }

    /// <summary>Keys with their values, each sorted: the order is not part of what is compared.</summary>
    private static IEnumerable<string> Normalize(string export) => export.ReplaceLineEndings("\n").Replace("[HKEY\\]", "[HKEY]", StringComparison.Ordinal).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
        .Where(part => part.Contains('[', StringComparison.Ordinal))
        .Select(part => string.Join('\n', part.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] is '[' or '"' or '@').Select(line => line.Replace("\\\\", "\\", StringComparison.Ordinal)).Order(StringComparer.Ordinal)))
        .Order(StringComparer.Ordinal);
}
