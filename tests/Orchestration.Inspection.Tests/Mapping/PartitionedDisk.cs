using System.Globalization;
using System.Text;
using Orchestration.DiskImages;
using Orchestration.DiskImages.Sources;
using Orchestration.Inspection.Mapping;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.Mapping;

/// <summary>A raw GPT disk made by sfdisk, its file systems by their own tools from trees of files.</summary>
internal sealed class PartitionedDisk : IDisposable
{
    /// <summary>The tools that it always needs.</summary>
    public const string Partitioner = "sfdisk";

    public const string MakeExt4 = "mke2fs";

    private const int FirstSector = 2048;
    private const int SectorsPerMegabyte = 2048;

    private readonly string _folder = Directory.CreateTempSubdirectory("partitioned-disk-").FullName;
    private readonly StringBuilder _table = new("label: gpt\n");
    private readonly List<(string Image, int Sector)> _contents = [];
    private readonly List<FileByteSource> _sources = [];
    private int _nextSector = FirstSector;

    public void Dispose()
    {
        _sources.ForEach(source => source.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    /// <param name="name">PARTLABEL.</param>
    /// <param name="type">GPT type.</param>
    /// <param name="make">Makes what it holds out of a tree; null leaves it empty.</param>
    /// <param name="megabytes">Size.</param>
    /// <param name="uuid">PARTUUID.</param>
    /// <param name="attributes">As sfdisk takes them: <c>GUID:48,56</c>.</param>
    public PartitionedDisk Partition(string name, string type, Action<FileSystemRecipe>? make = null, int megabytes = 8, string? uuid = null, string? attributes = null)
    {
        var sectors = megabytes * SectorsPerMegabyte;
        _table.Append(CultureInfo.InvariantCulture, $"start={_nextSector},size={sectors},type={type},name=\"{name}\"")
            .Append(uuid is null ? "" : $",uuid={uuid}").Append(attributes is null ? "" : $",attrs=\"{attributes}\"").Append('\n');
        if (make is not null)
        {
            var recipe = new FileSystemRecipe(Directory.CreateDirectory(Path.Combine(_folder, $"part-{_nextSector}")).FullName, megabytes);
            make(recipe);
            _contents.Add((recipe.Make(), _nextSector));
        }

        _nextSector += sectors;
        return this;
    }

    public (GuestMap Map, Guest Guest) Inspect()
    {
        var disk = Path.Combine(_folder, "disk");
        using (var file = File.Create(disk))
        {
            file.SetLength((_nextSector + FirstSector) * 512L);
        }

        Tool.Run("sfdisk", ["-q", disk], _table.ToString());
        foreach (var (image, sector) in _contents)
        {
            Tool.Run("dd", $"if={image}", $"of={disk}", "bs=512", $"seek={sector}", "conv=notrunc,sparse", "status=none");
        }

        var source = new FileByteSource(disk);
        _sources.Add(source);
        var map = GuestMapper.Map(DiskImage.Open(source));
        return (map, Guest.Open(DiskImage.Open(source), map));
    }
}

/// <summary>A tree of files, and the tool that makes a file system of it.</summary>
internal sealed class FileSystemRecipe(string folder, int megabytes)
{
    private string _type = "ext4";
    private string _label = "";

    public FileSystemRecipe Type(string type, string label = "")
    {
        (_type, _label) = (type, label);
        return this;
    }

    public FileSystemRecipe File(string path, string content = "")
    {
        var file = Path.Combine(folder, "tree", path);
        Directory.CreateDirectory(Path.GetDirectoryName(file) ?? folder);
        System.IO.File.WriteAllText(file, content);
        return this;
    }

    public FileSystemRecipe Folder(string path)
    {
        Directory.CreateDirectory(Path.Combine(folder, "tree", path));
        return this;
    }

    public FileSystemRecipe Link(string path, string target)
    {
        var file = Path.Combine(folder, "tree", path);
        Directory.CreateDirectory(Path.GetDirectoryName(file) ?? folder);
        System.IO.File.CreateSymbolicLink(file, target);
        return this;
    }

    /// <summary>What the tree leads to when a shell command has changed it.</summary>
    public FileSystemRecipe Run(string script)
    {
        Folder("");
        Tool.Run("sh", "-c", $"set -eu; cd \"$1\"; {script}", "sh", Path.Combine(folder, "tree"));
        return this;
    }

    public string Make()
    {
        Folder("");
        var tree = Path.Combine(folder, "tree");
        var image = Path.Combine(folder, "image");
        switch (_type)
        {
            case "ext4":
                Tool.Run("mke2fs", "-q", "-t", "ext4", "-L", _label, "-d", tree, image, $"{megabytes}M");
                break;
            case "btrfs":
                Tool.Run("truncate", "-s", $"{megabytes}M", image);
                Tool.Run("mkfs.btrfs", "-q", "-L", _label, "--rootdir", tree, image);
                break;
            case "vfat":
                Tool.Run("truncate", "-s", $"{megabytes}M", image);
                Tool.Run("mkfs.vfat", "-n", _label, image);
                Tool.Run("sh", "-c", "cd \"$1\" && mcopy -s -i \"$2\" * ::", "sh", tree, image);
                break;
            case "squashfs":
                Tool.Run("mksquashfs", tree, image, "-quiet", "-no-progress", "-noappend");
                break;
        }

        return image;
    }
}
