using Orchestration.DiskImages;
using Orchestration.GuestFixtures;

namespace Orchestration.Inspection.Tests;

/// <summary>A part of an inspection that fails is an error entry of its own.</summary>
public sealed class PartFailureTests
{
    [Fact]
    public void A_directory_that_cannot_be_read_costs_the_part_that_needs_it()
    {
        var builder = new GuestBuilder().File("/etc/os-release", "ID=debian\n").Packages("bash").Directory("/etc/systemd/system");
        builder.FileSystem.Damage("/etc/systemd/system", new DiskImageException(DiskImageError.Corrupt, "ext4", 4096, "expected a directory, found zeros"));
        var guest = builder.Build();

        Assert.True(guest.Services.Warnings.Count > 0 && guest.Services.Warnings.All(warning => warning.Unreadable));
        Assert.Equal(("debian", true), (guest.OperatingSystem.Distribution, guest.Packages.Has("bash")));
    }

    [Fact]
    public void A_failure_that_no_reader_foresaw_is_an_error_entry()
    {
        var builder = new GuestBuilder().Packages("bash").File("/etc/passwd", "root:x:0:0::/:/bin/sh\n");
        builder.FileSystem.Damage("/etc/passwd", new ArithmeticException("an oversight"));
        var guest = builder.Build();

        var warning = Assert.Single(guest.Users.Warnings);

        Assert.True(warning.Unreadable);
        Assert.Contains("an oversight", warning.Message, StringComparison.Ordinal);
        Assert.True(guest.Packages.Has("bash"));
    }

    [Fact]
    public void Storage_that_fails_ends_the_whole_inspection()
    {
        var builder = new GuestBuilder().File("/etc/passwd", "root:x:0:0::/:/bin/sh\n");
        builder.FileSystem.Damage("/etc/passwd", new DiskImageException(DiskImageError.Unavailable, "blob", 0, "no answer"));

        Assert.Equal(DiskImageError.Unavailable, Assert.Throws<DiskImageException>(() => builder.Build().Users).Error);
    }
}
