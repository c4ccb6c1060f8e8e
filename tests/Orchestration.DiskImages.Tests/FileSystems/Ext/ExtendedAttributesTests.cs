using System.Text;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Ext;

/// <summary>Attributes that debugfs sets, wherever their size makes ext4 keep them.</summary>
public sealed class ExtendedAttributesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolTheory("mke2fs", "debugfs")]
    [InlineData("^metadata_csum", 256)]
    [InlineData("metadata_csum", 256)]
    [InlineData("metadata_csum", 128)]
    [InlineData("inline_data", 256)]
    [InlineData("ea_inode", 256)]
    public void Small_and_large_attributes_are_read(string feature, int inodeSize)
    {
        CreateVolume(feature, inodeSize);
        byte[] capability = [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        var large = Encoding.ASCII.GetBytes(new string('v', 700));
        Set("security.capability", capability);
        Set("security.selinux", Encoding.ASCII.GetBytes("system_u:object_r:etc_t:s0\0"));
        Set("user.large", large);
        Set("trusted.overlay.opaque", "y"u8.ToArray());

        var attributes = Read();

        Assert.Equal(["security.capability", "security.selinux", "trusted.overlay.opaque", "user.large"], attributes.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(capability, attributes["security.capability"]);
        Assert.Equal("system_u:object_r:etc_t:s0\0", Encoding.ASCII.GetString(attributes["security.selinux"]));
        Assert.Equal(large, attributes["user.large"]);
    }

    [RequiresToolFact("mke2fs", "debugfs")]
    public void A_value_that_does_not_fit_a_block_is_read_from_an_inode_of_its_own()
    {
        CreateVolume("ea_inode", 256);
        var value = SlowFetcher.CreatePattern(4096);
        Set("user.huge", value);

        Assert.Equal(value, Read()["user.huge"]);
    }

    [RequiresToolFact("mke2fs", "debugfs")]
    public void An_access_control_list_is_presented_as_the_kernel_presents_it()
    {
        CreateVolume("metadata_csum", 256);

        // Version 2; the owner, user 1234, the group, the mask and others.
        var list = Convert.FromHexString("02000000" + "01000600FFFFFFFF" + "02000700D2040000" + "04000400FFFFFFFF" + "10000700FFFFFFFF" + "20000400FFFFFFFF");
        Set("system.posix_acl_access", list);

        Assert.Equal(list, Read()["system.posix_acl_access"]);
    }

    [RequiresToolFact("mke2fs", "debugfs")]
    public void A_file_without_attributes_has_none()
    {
        CreateVolume("metadata_csum", 256);

        Assert.Empty(Read());
    }

    private void CreateVolume(string feature, int inodeSize)
    {
        var tree = Directory.CreateDirectory(_folder["data-tree"]).FullName;
        File.WriteAllText(Path.Combine(tree, "data"), new string('o', 5000));
        Tool.Run("mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-I", $"{inodeSize}", "-O", feature, "-d", tree, _folder.CreateSparse("image", 16 * 1024 * 1024));
    }

    private void Set(string name, byte[] value)
    {
        File.WriteAllBytes(_folder["value"], value);
        Tool.Run("debugfs", "-w", "-R", $"ea_set -f {_folder["value"]} /data {name}", _folder["image"]);
    }

    private IReadOnlyDictionary<string, byte[]> Read()
    {
        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);
        return fileSystem.ReadAttributes(FileTree.Find(fileSystem, "data"));
    }
}
