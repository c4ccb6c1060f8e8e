using Orchestration.Inspection.Files;
using Orchestration.Inspection.Packages;
using Orchestration.Inspection.Services;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Software;

/// <summary>Finds the programs of <see cref="KnownSoftware"/> by their files, however they were installed.</summary>
internal static class SoftwareReader
{
    /// <summary>While this file is there, cloud-init does nothing (cloud-init, "Boot stages").</summary>
    private const string CloudInitSwitch = "/etc/cloud/cloud-init.disabled";

    // The file that makes a directory a database's, with the format's version in it or not.
    private static readonly (string Name, string Pattern, bool HasVersion)[] DataFiles =
    [
        ("postgresql", "/var/lib/postgresql/*/*/PG_VERSION", true), ("postgresql", "/var/lib/pgsql/data/PG_VERSION", true), ("postgresql", "/var/lib/pgsql/*/data/PG_VERSION", true),
        ("mysql", "/var/lib/mysql/ibdata1", false), ("mongodb", "/var/lib/mongo*/WiredTiger", false), ("redis", "/var/lib/redis/dump.rdb", false),
        ("mssql", "/var/opt/mssql/data/master.mdf", false), ("elasticsearch", "/var/lib/elasticsearch/nodes", false),
    ];

    public static IReadOnlyList<string> HeaderPaths { get; } =
    [
        .. KnownSoftware.All.SelectMany(software => software.Programs), .. DataFiles.Select(file => file.Pattern), CloudInitSwitch,
    ];

    public static SoftwareFacts Read(FactReader reader, PackageFacts packages, ServiceFacts services) => new()
    {
        Detected =
        [
            .. from software in KnownSoftware.All
               let evidence = software.Programs.SelectMany(reader.Glob).FirstOrDefault()
               where evidence is not null
               orderby software.Kind, software.Name
               select new DetectedSoftware(
                   software.Name,
                   software.Kind,
                   software.Packages.Select(packages.Find).FirstOrDefault(package => package is not null)?.Version,
                   software.Services.Any(services.IsActivated) && !(software.Name == "cloud-init" && reader.Exists(CloudInitSwitch)),
                   evidence),
        ],
        Databases =
        [
            .. from file in DataFiles
               from path in reader.Glob(file.Pattern)
               select new DatabaseDirectory(
                   file.Name,
                   GuestPath.Parent(path),
                   file.HasVersion ? TextLines.Significant(reader.Text(path, maximumBytes: 64) ?? "").FirstOrDefault().Text : null),
        ],
        Warnings = reader.Warnings,
    };
}
