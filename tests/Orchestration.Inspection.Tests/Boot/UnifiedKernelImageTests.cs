using System.Text;
using Orchestration.GuestFixtures;
using Orchestration.Inspection.Tests.Languages;

namespace Orchestration.Inspection.Tests.Boot;

public sealed class UnifiedKernelImageTests
{
    private const uint ReadOnly = 0x4000_0040;

    [Fact]
    public void A_unified_kernel_image_is_an_entry_with_its_own_command_line()
    {
        var boot = new GuestBuilder().File("/efi/EFI/systemd/systemd-bootx64.efi").File("/efi/EFI/Linux/particle_9.efi", Image("9", "root=PARTLABEL=a quiet")).File("/efi/EFI/Linux/particle_10.efi", Image("10", "root=PARTLABEL=b quiet\n\0")).Build().Boot;

        Assert.Equal(("systemd-boot", "/efi/EFI/systemd/systemd-bootx64.efi"), (boot.BootLoader, boot.ConfigurationFile));
        Assert.Equal(["particle_10", "particle_9"], boot.Entries.Select(entry => entry.Id));
        Assert.Equal(("Particle 10", "/efi/EFI/Linux/particle_10.efi"), (boot.DefaultEntry?.Title, boot.DefaultEntry?.File));
        Assert.Equal(["root=PARTLABEL=b", "quiet"], boot.DefaultEntry?.Parameters ?? []);
    }

    [Fact]
    public void The_loader_may_name_another_as_the_default()
    {
        var boot = new GuestBuilder().File("/efi/loader/loader.conf", "default particle_9*\n").File("/efi/EFI/Linux/particle_9.efi", Image("9", "a")).File("/efi/EFI/Linux/particle_10.efi", Image("10", "b")).Build().Boot;

        Assert.Equal("particle_9", boot.DefaultEntry?.Id);
    }

    [Fact]
    public void Other_programs_and_broken_ones_are_no_entries()
    {
        var lie = Image("1", "a");
        (lie[0x86], lie[0x87]) = (0xFF, 0xFF);
        var boot = new GuestBuilder().File("/efi/loader/loader.conf").File("/efi/EFI/Linux/tool.efi", new PeBuilder().Section(".text", [1]).Build()).File("/efi/EFI/Linux/cut.efi", "MZ").File("/efi/EFI/Linux/lie.efi", lie).Build().Boot;

        Assert.Empty(boot.Entries);
        Assert.Contains(boot.Warnings, warning => warning.File == "/efi/EFI/Linux/lie.efi");
    }

    private static byte[] Image(string version, string commandLine) => new PeBuilder()
        .Section(".osrel", Encoding.UTF8.GetBytes($"ID=particle\nIMAGE_VERSION={version}\nPRETTY_NAME=\"Particle {version}\"\n"), ReadOnly)
        .Section(".cmdline", Encoding.UTF8.GetBytes(commandLine), ReadOnly).Section(".linux", new byte[64], ReadOnly).Build();
}
