using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Formats.Qcow2;

/// <summary>Images that keep their data elsewhere, encrypted, or in several states, as qemu-img makes them.</summary>
public sealed class Qcow2FeatureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolTheory("qemu-img")]
    [InlineData("data_file_raw=on")]
    [InlineData("data_file_raw=off")]
    [InlineData("data_file_raw=off,extended_l2=on,cluster_size=16k")]
    public void An_external_data_file_is_read_beside_the_image(string options)
    {
        var disk = SampleDisk.Write(_folder["disk"]);
        Tool.Run("sh", "-c", $"cd \"$1\" && qemu-img convert -f raw -O qcow2 -o data_file=data.bin,{options} disk image", "sh", _folder.Root);

        SampleDisk.AssertReadsAs(disk, _folder["image"], "qcow2");
    }

    [RequiresToolFact("qemu-img")]
    public void An_encrypted_image_is_read_with_its_key_and_named_without()
    {
        var disk = SampleDisk.Write(_folder["disk"]);
        QemuEncryption.Convert("qcow2", "encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10", _folder["disk"], _folder["image"]);

        SampleDisk.AssertReadsAs(disk, _folder["image"], "qcow2", new GivenKeys("secret"));
        using var source = new FileByteSource(_folder["image"]);
        Assert.Contains("encrypted (LUKS", Assert.Throws<DiskImageException>(() => DiskImage.Open(source)).Rule, StringComparison.Ordinal);
        Assert.Contains("no key that was given", Assert.Throws<DiskImageException>(() => DiskImage.Open(source, keys: new GivenKeys("x"))).Rule, StringComparison.Ordinal);
    }

    [RequiresToolFact("qemu-img", "qemu-io")]
    public void An_internal_snapshot_is_opened_by_name_or_id_with_its_own_size()
    {
        var disk = SampleDisk.Write(_folder["disk"]);
        Tool.Run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", _folder["disk"], _folder["image"]);
        Tool.Run("qemu-img", "snapshot", "-c", "before upgrade", _folder["image"]);
        Tool.Run("qemu-io", "-f", "qcow2", "-c", "write -P 7 0 3M", _folder["image"]);
        Tool.Run("qemu-img", "resize", "-q", _folder["image"], "20M");
        Tool.Run("qemu-img", "snapshot", "-c", "later", _folder["image"]);
        Tool.Run("qemu-img", "convert", "-f", "qcow2", "-O", "raw", _folder["image"], _folder["now"]);
        Tool.Run("qemu-img", "convert", "-f", "qcow2", "-O", "raw", "-l", "snapshot.name=before upgrade", _folder["image"], _folder["before"]);

        // qemu-img shows the old content at the present size; the snapshot itself records the old one.
        SampleDisk.AssertReadsAs(File.ReadAllBytes(_folder["before"])[..disk.Length], _folder["image"], "qcow2", snapshot: "before upgrade");
        SampleDisk.AssertReadsAs(disk, _folder["image"], "qcow2", snapshot: "1");
        SampleDisk.AssertReadsAs(File.ReadAllBytes(_folder["now"]), _folder["image"], "qcow2", snapshot: "later");
        SampleDisk.AssertReadsAs(File.ReadAllBytes(_folder["now"]), _folder["image"], "qcow2");
        using var source = new FileByteSource(_folder["image"]);
        using var image = DiskImage.Open(source);
        Assert.Equal([("1", "before upgrade", disk.LongLength), ("2", "later", 20L << 20)], image.Snapshots.Select(item => (item.Id, item.Name, item.VirtualSize)));
        Assert.Equal(DiskImageError.NotFound, Assert.Throws<DiskImageException>(() => DiskImage.Open(source, snapshot: "none such")).Error);
    }
}
