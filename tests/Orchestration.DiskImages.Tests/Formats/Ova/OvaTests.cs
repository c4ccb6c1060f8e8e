using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Formats.Ova;

public sealed class OvaTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolTheory("qemu-img", "tar")]
    [InlineData("ustar", "subformat=streamOptimized")]
    [InlineData("gnu", "subformat=streamOptimized")]
    [InlineData("posix", "subformat=monolithicSparse")]
    public void The_disk_of_an_appliance_reads_as_the_disk_that_was_exported(string archive, string options)
    {
        var disk = SampleDisk.Write(_folder["disk"]);
        Convert("disk", "web disk1.vmdk", options);
        Pack(archive, Descriptor("web disk1.vmdk"), "web disk1.vmdk");

        SampleDisk.AssertReadsAs(disk, _folder["web.ova"], "ova");
    }

    [RequiresToolFact("qemu-img", "tar", "mke2fs")]
    public void All_disks_of_an_appliance_are_there_in_the_order_of_its_descriptor()
    {
        foreach (var (name, label) in (ReadOnlySpan<(string, string)>)[("b", "first"), ("a", "second")])
        {
            Tool.Run("mke2fs", "-q", "-t", "ext4", "-L", label, _folder["disk"], "4M");
            Convert("disk", $"{name}.vmdk", "subformat=streamOptimized");
            File.Delete(_folder["disk"]);
        }

        Pack("ustar", Descriptor("b.vmdk", "a.vmdk"), "a.vmdk", "b.vmdk");
        using var source = new FileByteSource(_folder["web.ova"]);
        using var image = DiskImage.Open(source);

        Assert.Equal([("/dev/sda", "first"), ("/dev/sdb", "second")], image.Volumes.Volumes.Select(volume => (volume.Device, volume.Identity?.Label ?? "")));
    }

    [RequiresToolTheory("tar")]
    [InlineData("<File ovf:id=\"f\" ovf:href=\"x.vmdk\" ovf:compression=\"gzip\"/>", DiskImageError.Unsupported, "gzip")]
    [InlineData("<File ovf:id=\"f\" ovf:href=\"../../etc/passwd\"/>", DiskImageError.NotFound, "no member '../../etc/passwd'")]
    [InlineData("<File ovf:id=\"other\" ovf:href=\"x.vmdk\"/>", DiskImageError.Corrupt, "refers to a file 'f'")]
    [InlineData("<!-- & -->", DiskImageError.Corrupt, "refers to a file 'f'")]
    [InlineData("<", DiskImageError.Corrupt, "not XML")]
    public void An_appliance_whose_disk_cannot_be_had_is_refused_by_name(string file, DiskImageError error, string rule)
    {
        Pack("ustar", Envelope(file, "<Disk ovf:fileRef=\"f\"/>"));
        using var source = new FileByteSource(_folder["web.ova"]);

        var exception = Assert.Throws<DiskImageException>(() => DiskImage.Open(source));

        Assert.Equal((error, "ova"), (exception.Error, exception.Layer));
        Assert.Contains(rule, exception.Rule, StringComparison.Ordinal);
    }

    private static string Descriptor(params string[] disks) => Envelope(
        string.Concat(disks.Select((disk, index) => $"<File ovf:id=\"file{index}\" ovf:href=\"{disk}\" ovf:size=\"1\"/>")),
        string.Concat(disks.Select((_, index) => $"<Disk ovf:diskId=\"disk{index}\" ovf:fileRef=\"file{index}\" ovf:capacity=\"1\"/>")));

    private static string Envelope(string files, string disks) =>
        $"<?xml version=\"1.0\"?><Envelope xmlns=\"http://schemas.dmtf.org/ovf/envelope/1\" xmlns:ovf=\"http://schemas.dmtf.org/ovf/envelope/1\"><References>{files}</References><DiskSection><Info/>{disks}</DiskSection></Envelope>";

    private void Convert(string disk, string image, string options) =>
        Tool.Run("qemu-img", "convert", "-f", "raw", "-O", "vmdk", "-o", options, _folder[disk], _folder[image]);

    private void Pack(string archive, string descriptor, params string[] members)
    {
        File.WriteAllText(_folder["web.ovf"], descriptor);
        Tool.Run("tar", [$"--format={archive}", "-C", _folder.Root, "-cf", _folder["web.ova"], "web.ovf", .. members]);
    }
}
