using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Packages.Rpm;

/// <summary>rpm's <c>rpmdb.sqlite</c>: the table <c>Packages</c> of numbers and headers (rpm, <c>lib/backend/sqlite.c</c>).</summary>
internal static class SqlitePackages
{
    /// <summary>Packages installed just before the machine stopped are only in the write-ahead log.</summary>
    public static IEnumerable<RpmBlob> Read(GuestContent content, FactReader reader) =>
        from row in new SqliteFile(content, reader.Open($"{content.Path}-wal")).ReadTable("Packages")
        where row.Columns.Length >= 2
        select new RpmBlob(row.Number, row.Columns[1]);
}
