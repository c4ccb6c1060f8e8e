using Orchestration.GuestFixtures;
using Orchestration.Inspection.Boot;

namespace Orchestration.Inspection.Tests.Boot;

public sealed class BootTests
{
    // The shape that grub-mkconfig writes: conditions, functions, a menu entry, and a submenu with two more.
    private const string Grub = """
        set superusers_unset=1
        if [ "${next_entry}" ] ; then
           set default="${next_entry}"
        else
           set default="DEFAULT"
        fi
        function load_video {
          if [ x$feature_all_video_module = xy ]; then
            insmod all_video
          fi
        }
        menuentry 'Debian GNU/Linux' --class debian --class os $menuentry_id_option 'gnulinux-simple-1' {
        	load_video
        	linux	/vmlinuz-6.1.0-25-amd64 root=UUID=1 ro quiet
        	initrd	/initrd.img-6.1.0-25-amd64
        }
        submenu 'Advanced options for Debian GNU/Linux' $menuentry_id_option 'gnulinux-advanced-1' {
        	menuentry 'Debian, with Linux 6.1.0-25' --class debian $menuentry_id_option 'gnulinux-25-advanced-1' {
        		linux	/vmlinuz-6.1.0-25-amd64 root=UUID=1 ro advanced
        	}
        	menuentry 'Debian, with Linux 6.1.0-9 (recovery mode)' $menuentry_id_option 'gnulinux-9-recovery-1' {
        		linux	/vmlinuz-6.1.0-9-amd64 root=UUID=1 ro single
        	}
        }
        menuentry "Memory test" {
        	linux16 /memtest86+.bin
        }
        """;

    [Theory]
    [InlineData("0", "Debian GNU/Linux")]
    [InlineData("1>0", "Debian, with Linux 6.1.0-25")]
    [InlineData("1>1", "Debian, with Linux 6.1.0-9 (recovery mode)")]
    [InlineData("2", "Memory test")]
    [InlineData("Memory test", "Memory test")]
    [InlineData("gnulinux-advanced-1>gnulinux-9-recovery-1", "Debian, with Linux 6.1.0-9 (recovery mode)")]
    [InlineData("Advanced options for Debian GNU/Linux>Debian, with Linux 6.1.0-25", "Debian, with Linux 6.1.0-25")]
    [InlineData("no such entry", "Debian GNU/Linux")]
    public void The_default_entry_is_found_by_number_title_and_id(string name, string title)
    {
        Assert.Equal(title, Read(name).DefaultEntry?.Title);
    }

    [Fact]
    public void A_saved_entry_is_taken_from_the_environment_block()
    {
        var boot = Guest("${saved_entry}").File("/boot/grub/grubenv", "# GRUB Environment Block\nsaved_entry=gnulinux-advanced-1>gnulinux-9-recovery-1\n####").Build().Boot;

        Assert.Equal("/vmlinuz-6.1.0-9-amd64", boot.DefaultEntry?.KernelPath);
    }

    [Fact]
    public void The_command_line_is_that_of_the_default_entry()
    {
        var entry = Read("0").DefaultEntry;

        Assert.Equal(["root=UUID=1", "ro", "quiet"], entry?.Parameters);
        Assert.Equal(14, entry?.Line);
        Assert.Equal(4, Read("0").Entries.Count);
    }

    [Fact]
    public void Kernels_are_listed_with_what_belongs_to_them_newest_last()
    {
        var kernels = new GuestBuilder()
            .File("/boot/vmlinuz-6.1.0-25-amd64").File("/boot/initrd.img-6.1.0-25-amd64").File("/boot/vmlinuz-6.1.0-9-amd64").File("/boot/config-6.1.0-9-amd64")
            .Directory("/lib/modules/6.1.0-25-amd64").Directory("/lib/modules/5.10.0-1-amd64").Build().Boot.Kernels;

        Assert.Equal(
            [
                new Kernel("5.10.0-1-amd64", null, null, "/lib/modules/5.10.0-1-amd64"),
                new Kernel("6.1.0-9-amd64", "/boot/vmlinuz-6.1.0-9-amd64", null, null),
                new Kernel("6.1.0-25-amd64", "/boot/vmlinuz-6.1.0-25-amd64", "/boot/initrd.img-6.1.0-25-amd64", "/lib/modules/6.1.0-25-amd64"),
            ],
            kernels);
    }

    [Fact]
    public void A_container_has_no_boot_loader()
    {
        Assert.Null(new GuestBuilder().Directory("/etc").Build().Boot.BootLoader);
    }

    private static BootFacts Read(string defaultEntry) => Guest(defaultEntry).Build().Boot;

    private static GuestBuilder Guest(string defaultEntry) =>
        new GuestBuilder().File("/boot/grub/grub.cfg", Grub.Replace("DEFAULT", defaultEntry, StringComparison.Ordinal));
}
