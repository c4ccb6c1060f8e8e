using System.Buffers.Binary;
using Orchestration.GuestFixtures;
using Orchestration.Inspection.Windows.Registry;

namespace Orchestration.Inspection.Tests.Windows.Registry;

/// <summary>Hives that were in use when their machine stopped: what was changed last is only in the logs.</summary>
public sealed class TransactionLogTests
{
    private static readonly byte[] Old = Hive("old");

    private static readonly byte[] New = Hive("new");

    private static readonly byte[] Newest = Hive("later");

    [Fact]
    public void A_log_of_entries_completes_the_hive()
    {
        Assert.Equal(("new", 1), Read(Dirty(), Entries(5, (Old, New))));
    }

    [Fact]
    public void A_second_log_goes_on_where_the_first_ends()
    {
        Assert.Equal(("later", 2), Read(Dirty(), Entries(6, (New, Newest)), Entries(5, (Old, New))));
    }

    [Fact]
    public void A_log_of_sectors_as_before_Windows_8_completes_the_hive()
    {
        Assert.Equal(("new", 1), Read(Dirty(), Sectors(5, Old, New)));
    }

    [Fact]
    public void A_hive_that_was_closed_needs_no_log()
    {
        Assert.Equal(("old", 0), Read(Hive("old", 5, 5), Entries(5, (Old, New))));
    }

    [Fact]
    public void Entries_that_the_hive_has_already_are_passed_over()
    {
        Assert.Equal(("later", 1), Read(Hive("new", 7, 6), Entries(5, (Old, Old), (New, Newest))));
    }

    [Fact]
    public void An_entry_that_was_not_written_whole_ends_the_log()
    {
        var log = Entries(5, (Old, New), (New, Newest));
        log[^600] ^= 1;

        Assert.Equal(("new", 1), Read(Dirty(), log));
    }

    [Fact]
    public void An_entry_out_of_turn_ends_the_log()
    {
        var log = Entries(5, (Old, New));
        BinaryPrimitives.WriteUInt32LittleEndian(log.AsSpan(512 + 12), 9);

        Assert.Equal(("old", 0), Read(Dirty(), log));
    }

    [Fact]
    public void Without_a_log_the_hive_is_called_incomplete()
    {
        var hive = Open(Dirty());

        Assert.True(hive.IsIncomplete);
        Assert.Equal("old", hive.Find("A")?.Text("Name")?.TrimEnd());
    }

    [Fact]
    public void Changed_bytes_in_a_log_never_give_anything_but_one_of_the_states()
    {
        var log = Entries(5, (Old, New));
        var random = new Random(3);
        for (var round = 0; round < 1000; round++)
        {
            var changed = (byte[])log.Clone();
            changed[random.Next(changed.Length)] ^= (byte)(1 + random.Next(255));

            Assert.Contains(Read(Dirty(), changed).Name, new[] { "old", "new" });
        }
    }

    private static byte[] Dirty() => Hive("old", 6, 5);

    private static byte[] Hive(string name, uint first = 1, uint second = 1) => new RegistryHiveBuilder().Text("A", "Name", name.PadRight(8)).Build(first, second);

    private static (string? Name, int Replayed) Read(byte[] hive, params byte[][] logs)
    {
        var opened = Open(hive, logs);
        return (opened.Find("A")?.Text("Name")?.TrimEnd(), opened.ReplayedEntries);
    }

    private static RegistryHive Open(byte[] hive, params byte[][] logs)
    {
        var guest = new GuestBuilder().File("/hive", hive);
        for (var number = 0; number < logs.Length; number++)
        {
            guest.File($"/log{number}", logs[number]);
        }

        var files = guest.BuildTree();
        return RegistryHive.Open(files.Open("/hive"), [.. logs.Select((_, number) => files.Open($"/log{number}"))]);
    }

    /// <summary>A log of the form that Windows 8.1 introduced, with an entry for each change from one state of the hive to the next.</summary>
    private static byte[] Entries(uint sequence, params (byte[] Before, byte[] After)[] changes)
    {
        var log = new byte[512];
        RegistryHiveBuilder.WriteBaseBlock(log, sequence, sequence, type: 6, 32, (uint)Old.Length - 4096);
        return [.. log, .. changes.SelectMany((change, index) => Entry(sequence + (uint)index, change.Before, change.After))];
    }

    private static byte[] Entry(uint sequence, byte[] before, byte[] after)
    {
        var sectors = ChangedSectors(before, after);
        var entry = new byte[(40 + (sectors.Count * (8 + 512)) + 511) / 512 * 512];
        "HvLE"u8.CopyTo(entry);
        foreach (var (offset, value) in new (int, uint)[] { (4, (uint)entry.Length), (12, sequence), (16, (uint)after.Length - 4096), (20, (uint)sectors.Count) })
        {
            BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(offset), value);
        }

        for (var index = 0; index < sectors.Count; index++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(40 + (8 * index)), (uint)sectors[index] * 512);
            BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(44 + (8 * index)), 512);
            after.AsSpan(4096 + (sectors[index] * 512), 512).CopyTo(entry.AsSpan(40 + (8 * sectors.Count) + (512 * index)));
        }

        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(24), Marvin32.Hash(entry.AsSpan(40)));
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(32), Marvin32.Hash(entry.AsSpan(0, 32)));
        return entry;
    }

    private static byte[] Sectors(uint sequence, byte[] before, byte[] after)
    {
        var sectors = ChangedSectors(before, after);
        var log = new byte[1024 + (sectors.Count * 512)];
        RegistryHiveBuilder.WriteBaseBlock(log, sequence, sequence, type: 1, 32, (uint)after.Length - 4096);
        "DIRT"u8.CopyTo(log.AsSpan(512));
        for (var index = 0; index < sectors.Count; index++)
        {
            log[516 + (sectors[index] / 8)] |= (byte)(1 << (sectors[index] % 8));
            after.AsSpan(4096 + (sectors[index] * 512), 512).CopyTo(log.AsSpan(1024 + (index * 512)));
        }

        return log;
    }

    private static List<int> ChangedSectors(byte[] before, byte[] after) =>
    [
        .. Enumerable.Range(0, (after.Length - 4096) / 512)
            .Where(sector => before == after || !before.AsSpan(4096 + (sector * 512), 512).SequenceEqual(after.AsSpan(4096 + (sector * 512), 512))),
    ];
}
