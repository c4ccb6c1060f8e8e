using System.Buffers.Binary;
using Orchestration.GuestFixtures;
using Orchestration.Inspection.Packages;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.Packages.Rpm;

/// <summary>Damaged databases: an error entry of their own, or the packages that are whole; never a crash, and never silence about what is lost.</summary>
public sealed class HostileRpmDatabaseTests(RpmDatabaseFiles files) : IClassFixture<RpmDatabaseFiles>
{
    [RequiresToolTheory("rpm", "rpmbuild", "sqlite3", "db5.3_load")]
    [InlineData("rpmdb.sqlite")]
    [InlineData("Packages.db")]
    [InlineData("Packages")]
    public void Changed_bytes_are_an_error_entry_or_do_not_matter(string name)
    {
        var whole = MakeFile(name);
        var random = new Random(20261121);
        for (var round = 0; round < 400; round++)
        {
            var file = (byte[])whole.Clone();
            for (var change = 0; change < 1 + (round % 4); change++)
            {
                // Half of the changes hit the first pages, where the structure is.
                file[random.Next(round % 2 == 0 ? file.Length : Math.Min(file.Length, 8192))] = (byte)random.Next(256);
            }

            var packages = Read(name, file);

            Assert.Equal("rpm", packages.Format);
            Assert.True(packages.Databases[0].Packages is not null || Assert.Single(packages.Warnings).Unreadable);
        }
    }

    [RequiresToolTheory("rpm", "rpmbuild", "sqlite3", "db5.3_load")]
    [InlineData("rpmdb.sqlite")]
    [InlineData("Packages.db")]
    [InlineData("Packages")]
    public void A_file_cut_short_is_an_error_entry(string name)
    {
        var whole = MakeFile(name);

        var packages = Read(name, whole[..(whole.Length / 2)]);

        Assert.Equal(($"/var/lib/rpm/{name}", true), (Assert.Single(packages.Warnings).File, packages.Warnings[0].Unreadable));
        Assert.Null(Assert.Single(packages.Databases).Packages);
        Assert.Empty(packages.Installed);
    }

    [Fact]
    public void A_broken_database_costs_another_one_nothing()
    {
        var packages = new GuestBuilder().Packages("bash").File("/var/lib/rpm/rpmdb.sqlite", new byte[8192]).Build().Packages;

        Assert.Equal(("deb", "bash"), (packages.Format, Assert.Single(packages.Installed).Name));
        Assert.Contains("SQLite 3", Assert.Single(packages.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Overflow_pages_in_a_circle_are_an_error_entry()
    {
        var file = new byte[4 * 512];
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(12), 0x061561);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(20), 512);
        file[25] = 8;

        // Page 1: the key 1 and a value of a thousand bytes from page 2 on, which leads to itself.
        var page = file.AsSpan(512, 512);
        page[20] = 2;
        page[25] = 13;
        BinaryPrimitives.WriteUInt16LittleEndian(page[26..], 507);
        BinaryPrimitives.WriteUInt16LittleEndian(page[28..], 495);
        (page[507], page[508], page[495]) = (1, 1, 3);
        BinaryPrimitives.WriteUInt32LittleEndian(page[499..], 2);
        BinaryPrimitives.WriteUInt32LittleEndian(page[503..], 1000);
        var overflow = file.AsSpan(1024, 512);
        BinaryPrimitives.WriteUInt32LittleEndian(overflow[16..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(overflow[22..], 486);
        overflow[25] = 7;

        Assert.Contains("next page of a value", Assert.Single(Read("Packages", file).Warnings).Message, StringComparison.Ordinal);
    }

    private static PackageFacts Read(string name, byte[] file) => new GuestBuilder().File($"/var/lib/rpm/{name}", file).Build().Packages;

    private byte[] MakeFile(string name) => name switch
    {
        "Packages.db" => NdbBuilder.Build(files.ReadHeaders()),
        "Packages" => File.ReadAllBytes(Path.Combine(files.MakeBerkeley(4096, littleEndian: true), name)),
        _ => File.ReadAllBytes(Path.Combine(files.Sqlite, name)),
    };
}
