using System.Globalization;
using Orchestration.DiskImages.Bench;
using Orchestration.TestSupport;

const string Usage = """
    usage: sequential [IMAGE [RUNS]]              every byte of a disk from every format, beside qemu-img convert
           tree [RUNS]                            lists and hashes a Debian's /usr in every file system, beside a mount (needs root and debootstrap)
           remote IMAGE [LATENCY [PAGE_KIB ...]]  what an inspection reads, over storage with a latency in milliseconds

    Without IMAGE: the Debian disk that the tests make, or the sample.
    """;

switch (args)
{
    case ["sequential", .. var rest] when rest.Length <= 2:
        var disk = rest.Length > 0 ? rest[0]
            : DebianRoot.DescribeMissing() is null ? DebianRoot.Disk : Path.Combine(RepositoryRoot.Path, "samples", "debian-12.qcow2");
        SequentialRead.Run(disk, rest.Length > 1 ? Number(rest[1]) : 3);
        return 0;
    case ["tree", .. var rest] when rest.Length <= 1 && DebianRoot.DescribeMissing() is null:
        TreeRead.Run(Path.Combine(DebianRoot.Folder, "usr"), rest.Length > 0 ? Number(rest[0]) : 3);
        return 0;
    case ["remote", var image, .. var rest]:
        RemoteWalk.Run(image, TimeSpan.FromMilliseconds(rest.Length > 0 ? Number(rest[0]) : 20), rest.Length > 1 ? rest[1..].Select(Number) : [64]);
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
