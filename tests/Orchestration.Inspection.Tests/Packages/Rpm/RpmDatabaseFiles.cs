using System.Buffers.Binary;
using System.Globalization;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.Packages.Rpm;

/// <summary>
/// Packages made by rpmbuild, installed into databases of each form. rpm itself writes the SQLite one, Berkeley DB's own loader the hash
/// file (rpm can only read it now), both with the same headers.
/// </summary>
public sealed class RpmDatabaseFiles : IDisposable
{
    /// <summary>One with an epoch; one of another version, without architecture; one whose header spans many pages; one of another licence.</summary>
    private const string Specification = """
        Name: alpha
        Version: 1.2.3
        Release: 4.el9
        Epoch: 2
        Summary: One
        Summary(de): Eins
        License: MIT and GPLv2+
        Group: System Environment/Base
        Packager: Someone <someone@example.org>
        %description
        %package -n beta-libs
        Summary: Two
        Version: 7~rc1
        Epoch: 0
        License: BSD
        BuildArch: noarch
        %description -n beta-libs
        %package many-files
        Summary: Three
        %description many-files
        %install
        mkdir -p %{buildroot}/usr/share/many
        for i in $(seq 2000); do echo $i > %{buildroot}/usr/share/many/a-file-with-a-long-name-$i; done
        mkdir -p %{buildroot}/usr/lib/python3.9/site-packages/tool-1.0.dist-info
        echo x > %{buildroot}/usr/lib/python3.9/site-packages/tool-1.0.dist-info/METADATA
        %files
        %files -n beta-libs
        /usr/lib/python3.9
        %files many-files
        /usr/share/many

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("rpm-").FullName;
    private readonly Lazy<string> _sqlite;

    public RpmDatabaseFiles() => _sqlite = new Lazy<string>(MakeSqlite);

    /// <summary>The folder of rpm's own SQLite database.</summary>
    public string Sqlite => _sqlite.Value;

    /// <summary>What <c>rpm -qa</c> says of a database.</summary>
    public static IReadOnlyList<string> Query(string folder, string form, string format) =>
    [
        .. Tool.Run("rpm", "-qa", "--dbpath", folder, "--define", $"_db_backend {form}", "--qf", format + "\\n")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
    ];

    /// <summary>A hash file of Berkeley DB with the headers of the SQLite database.</summary>
    public string MakeBerkeley(int pageLength, bool littleEndian)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, $"berkeley-{pageLength}-{littleEndian}")).FullName;
        string Key(uint number)
        {
            var key = new byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(key, littleEndian ? number : BinaryPrimitives.ReverseEndianness(number));
            return Convert.ToHexStringLower(key);
        }

        var records = ReadHeaders().Select(header => $" {Key(header.Number)}\n {Convert.ToHexStringLower(header.Content)}\n");
        Tool.Run(
            "db5.3_load",
            [Path.Combine(folder, "Packages")],
            $"VERSION=3\nformat=bytevalue\ntype=hash\ndb_pagesize={pageLength}\ndb_lorder={(littleEndian ? 1234 : 4321)}\nHEADER=END\n {Key(0)}\n {Key(9)}\n"
                + string.Concat(records) + "DATA=END\n");
        return folder;
    }

    /// <summary>The headers that rpm stored, by its numbers.</summary>
    public IReadOnlyList<(uint Number, byte[] Content)> ReadHeaders() =>
    [
        .. Tool.Run("sqlite3", Path.Combine(Sqlite, "rpmdb.sqlite"), "select hnum, hex(blob) from Packages").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('|')).Select(words => (uint.Parse(words[0], CultureInfo.InvariantCulture), Convert.FromHexString(words[1]))),
    ];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string MakeSqlite()
    {
        var specification = Path.Combine(_folder, "packages.spec");
        File.WriteAllText(specification, Specification);
        Tool.Run("rpmbuild", "-bb", "--quiet", "--target", "x86_64", "--define", $"_topdir {_folder}/build", specification);
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "sqlite")).FullName;
        var packages = Directory.GetFiles($"{_folder}/build/RPMS", "*.rpm", SearchOption.AllDirectories);
        Tool.Run(
            "rpm",
            ["-i", "--dbpath", folder, "--define", "_db_backend sqlite", "--justdb", "--nodeps", "--noscripts", "--ignorearch", "--ignoreos", .. packages]);
        return folder;
    }
}
