using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Packages.Rpm;

/// <summary>
/// rpm's database in each of its forms: SQLite and ndb, which rpm 4.16 and later write, and Berkeley DB's hash file before them. Nothing but
/// the headers of packages is read: the indexes beside them only repeat what these say.
/// </summary>
internal static class RpmDatabase
{
    // The first is nearly everywhere, by link or not; the second is newer SUSE's and Fedora's, the third that of image-based systems.
    private static readonly string[] Directories = ["/var/lib/rpm", "/usr/lib/sysimage/rpm", "/usr/share/rpm"];

    // rpm converts from later to earlier ones here, so an earlier one is the newer.
    private static readonly (string Name, Func<GuestContent, FactReader, IEnumerable<RpmBlob>> Read)[] Forms =
    [
        ("rpmdb.sqlite", SqlitePackages.Read),
        ("Packages.db", (content, _) => NdbPackages.Read(content)),
        ("Packages", (content, _) => BerkeleyPackages.Read(content)),
    ];

    public static IReadOnlyList<string> Paths { get; } =
    [
        .. from directory in Directories from form in Forms select $"{directory}/{form.Name}",
        .. Directories.Select(directory => $"{directory}/rpmdb.sqlite-wal"),
    ];

    /// <summary>Every file that a package brought, with the package's name.</summary>
    /// <exception cref="InspectionException">The database is damaged.</exception>
    public static IEnumerable<(string Path, string Package)> Files(FactReader reader) =>
        from blob in Find(reader) is { Path: { } path } found ? found.Read(reader.Files.Open(path), reader) : []
        let header = RpmHeader.Parse(blob.Content, out _)
        let name = header?.Text(RpmTag.Name)
        where header is not null && name is not null
        let directories = header.Texts(RpmTag.DirectoryNames)
        from file in header.Texts(RpmTag.BaseNames).Zip(header.Numbers(RpmTag.DirectoryIndexes))
        where file.Second < directories.Count
        select (directories[(int)file.Second] + file.First, name);

    /// <exception cref="InspectionException">The database is there and damaged: an inventory with packages left out would pass for a whole one.</exception>
    public static DatabaseContent? Read(FactReader reader) =>
        Find(reader) is { Path: { } database, Read: var read } ? Read(reader, database, read) : null;

    private static (string Path, Func<GuestContent, FactReader, IEnumerable<RpmBlob>> Read) Find(FactReader reader)
    {
        var found = from directory in Directories
                    from form in Forms
                    let path = $"{directory}/{form.Name}"
                    where reader.Files.Find(path) is { IsRegular: true, Size: > 0 }
                    select (Path: path, form.Read);
        return found.FirstOrDefault();
    }

    private static DatabaseContent Read(FactReader reader, string path, Func<GuestContent, FactReader, IEnumerable<RpmBlob>> read)
    {
        var packages = new List<Package>();
        var keys = new List<SigningKey>();
        foreach (var blob in read(reader.Files.Open(path), reader))
        {
            if (RpmHeader.Parse(blob.Content, out var problem) is not { } header)
            {
                throw new InspectionException(InspectionError.FileUnreadable, path, $"package {blob.Number}: {problem}");
            }

            if (header.Text(RpmTag.Name) is not { } name || header.Text(RpmTag.Version) is not { } version || header.Text(RpmTag.Release) is not { } release)
            {
                throw new InspectionException(
                    InspectionError.FileUnreadable, path, $"package {blob.Number}: expected a header with name, version and release, found one without");
            }

            if (name == "gpg-pubkey")
            {
                keys.Add(new SigningKey($"{version}-{release}", header.Text(RpmTag.Packager)));
            }
            else
            {
                packages.Add(ToPackage(header, name, $"{version}-{release}"));
            }
        }

        return new DatabaseContent(path, packages) { SigningKeys = [.. keys.OrderBy(key => key.Id, StringComparer.Ordinal)] };
    }

    private static Package ToPackage(RpmHeader header, string name, string versionAndRelease)
    {
        var version = header.Number(RpmTag.Epoch) is { } epoch ? $"{epoch}:{versionAndRelease}" : versionAndRelease;
        var (sourceName, sourceVersion) = ParseSource(header.Text(RpmTag.SourceRpm), name, version, versionAndRelease);
        return new Package(
            name,
            version,
            header.Text(RpmTag.Architecture) ?? "",
            sourceName,
            sourceVersion,
            header.Text(RpmTag.Packager) ?? header.Text(RpmTag.Vendor),
            header.Text(RpmTag.Group) is { } group and not "Unspecified" ? group : null,
            Essential: false,
            header.Number(RpmTag.LongSize) ?? header.Number(RpmTag.Size),
            "installed")
        {
            Licence = header.Text(RpmTag.Licence),
            InstalledAt = header.Number(RpmTag.InstallTime) is { } seconds and <= uint.MaxValue ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
            ModularityLabel = header.Text(RpmTag.ModularityLabel),
        };
    }

    /// <summary><c>name-version-release.src.rpm</c>. It has no epoch: the package's own holds where both are of one version.</summary>
    private static (string Name, string Version) ParseSource(string? file, string name, string version, string versionAndRelease)
    {
        var end = file?.LastIndexOf(".src.rpm", StringComparison.Ordinal) is { } src and > 0 ? src : file?.LastIndexOf(".nosrc.rpm", StringComparison.Ordinal) ?? -1;
        var release = end > 0 ? file!.LastIndexOf('-', end - 1) : -1;
        var upstream = release > 0 ? file!.LastIndexOf('-', release - 1) : -1;
        if (file is null || upstream <= 0)
        {
            return (name, version);
        }

        var sourceVersion = file[(upstream + 1)..end];
        return (file[..upstream], sourceVersion == versionAndRelease ? version : sourceVersion);
    }
}

/// <summary>A stored header.</summary>
/// <param name="Number">The number that rpm knows the package by.</param>
/// <param name="Content">See <see cref="RpmHeader"/>.</param>
internal readonly record struct RpmBlob(long Number, byte[] Content);
