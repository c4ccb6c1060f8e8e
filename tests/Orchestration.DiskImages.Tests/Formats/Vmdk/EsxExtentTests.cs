using System.Globalization;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Formats.Vmdk;

/// <summary>
/// The extents of ESX's own snapshots. No tool of Debian writes them, so they are built here, field by field; qemu-img reads them, and must read the same.
/// </summary>
public sealed class EsxExtentTests : IDisposable
{
    private const int Sector = 512;
    private const int Capacity = 8 * 1024 * 1024;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolFact("qemu-img")]
    public void A_copy_on_write_delta_over_its_parent_reads_as_qemu_img_reads_it()
    {
        // One grain directory entry covers 4096 grains of one sector: here there are four.
        var extent = new ImageBuilder(new byte[200 * Sector]).Set(0, "COWD"u8)
            .LittleEndian(4, 1u).LittleEndian(8, 3u).LittleEndian(12, Capacity / Sector).LittleEndian(16, 1u).LittleEndian(20, 4u).LittleEndian(24, 4u)
            .LittleEndian(4 * Sector, 8u).LittleEndian(4 * Sector + 8, 40u)
            .LittleEndian(8 * Sector, 100u).LittleEndian(8 * Sector + 4, 101u).LittleEndian(8 * Sector + 400, 102u).LittleEndian(40 * Sector + 4 * 4095, 103u);
        WriteDelta(extent, "VMFSSPARSE", 100);

        Compare();
    }

    [RequiresToolFact("qemu-img")]
    public void A_space_efficient_delta_over_its_parent_reads_as_qemu_img_reads_it()
    {
        // Two tables of 4096 grains of 4 KiB would map 32 MiB; the disk needs half of the first. Grain 4096 tells the split number apart.
        const int Tables = 16;
        const int Grains = 200;
        var extent = new ImageBuilder(new byte[Grains * Sector + 4100 * 4096])
            .LittleEndian(0, 0xcafebabeUL).LittleEndian(8, 0x0000000200000001UL).LittleEndian(16, (ulong)Capacity / Sector).LittleEndian(24, 8UL).LittleEndian(32, 64UL)
            .LittleEndian(80, 1UL).LittleEndian(88, 1UL).LittleEndian(96, 2UL).LittleEndian(104, 2UL).LittleEndian(112, 2048UL).LittleEndian(120, 2048UL)
            .LittleEndian(128, 8UL).LittleEndian(136, 8UL).LittleEndian(144, Tables).LittleEndian(152, 128UL).LittleEndian(192, Grains).LittleEndian(200, 4100UL * 8)
            .LittleEndian(Sector, 0xcafecafeUL)
            .LittleEndian(8 * Sector, 0x1000000000000001UL);
        var table = (Tables + 64) * Sector;
        foreach (var (index, entry) in (ReadOnlySpan<(int, ulong)>)[(0, 0x3000000000000000), (1, 0x3001000000000000), (2, 0x2000000000000000), (5, 0x1000000000000000), (2047, 0x3000000000000001)])
        {
            extent.LittleEndian(table + index * 8, entry);
        }

        WriteDelta(extent, "SESPARSE", Grains);

        Compare();
    }

    [Fact]
    public void A_space_efficient_extent_with_a_journal_to_replay_is_refused()
    {
        var extent = new ImageBuilder(new byte[32 * Sector])
            .LittleEndian(0, 0xcafebabeUL).LittleEndian(8, 0x0000000200000001UL).LittleEndian(16, 8UL).LittleEndian(24, 8UL).LittleEndian(32, 64UL)
            .LittleEndian(80, 1UL).LittleEndian(Sector, 0xcafecafeUL).LittleEndian(Sector + 24, 1UL);
        var descriptor = "# Disk DescriptorFile\nCID=1\nparentCID=ffffffff\nRW 8 SESPARSE \"extent\"\n"u8;

        new ImageBuilder(descriptor.ToArray()).IsRefused("vmdk", DiskImageError.Unsupported, "journal", files: new FileResolver(_ => extent.Build()));
    }

    // What a grain holds tells where it lies.
    private void WriteDelta(ImageBuilder extent, string type, int firstGrain)
    {
        for (var sector = firstGrain; sector < extent.Bytes.Length / Sector; sector++)
        {
            var text = System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"sector {sector}"));
            if (extent.Bytes.AsSpan(sector * Sector, Sector).IndexOfAnyExcept((byte)0) < 0)
            {
                text.CopyTo(extent.Bytes, sector * Sector);
            }
        }

        File.WriteAllBytes(_folder["delta-extent.vmdk"], extent.Bytes);
        var random = new byte[Capacity];
        new Random(5).NextBytes(random);
        File.WriteAllBytes(_folder["disk"], random);
        Tool.Run("qemu-img", "convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=monolithicFlat", _folder["disk"], _folder["base.vmdk"]);
        var parent = File.ReadLines(_folder["base.vmdk"]).Single(line => line.StartsWith("CID=", StringComparison.Ordinal))["CID=".Length..];
        File.WriteAllText(
            _folder["delta.vmdk"],
            $"# Disk DescriptorFile\nversion=1\nCID=0badcafe\nparentCID={parent}\ncreateType=\"vmfsSparse\"\nparentFileNameHint=\"base.vmdk\"\nRW {Capacity / Sector} {type} \"delta-extent.vmdk\"\n");
    }

    private void Compare()
    {
        Tool.Run("qemu-img", "convert", "-f", "vmdk", "-O", "raw", _folder["delta.vmdk"], _folder["flat"]);

        SampleDisk.AssertReadsAs(File.ReadAllBytes(_folder["flat"]), _folder["delta.vmdk"], "vmdk");
    }
}
