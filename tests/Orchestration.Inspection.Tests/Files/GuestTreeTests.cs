using Orchestration.GuestFixtures;

namespace Orchestration.Inspection.Tests.Files;

public sealed class GuestTreeTests
{
    [Fact]
    public void Absolute_links_are_followed_from_the_guests_own_root()
    {
        var tree = new GuestBuilder().File("/usr/bin/sh", "shell").Link("/bin", "/usr/bin").BuildTree();

        Assert.Equal("shell", tree.ReadText("/bin/sh"));
        Assert.Equal("/usr/bin/sh", tree.Find("/bin/sh")?.RealPath);
    }

    [Fact]
    public void Relative_links_are_followed_from_their_own_directory()
    {
        var tree = new GuestBuilder().File("/usr/lib/os-release", "ID=debian").Link("/etc/os-release", "../usr/lib/os-release").BuildTree();

        Assert.Equal("ID=debian", tree.ReadText("/etc/os-release"));
    }

    [Fact]
    public void Parent_directories_never_lead_above_the_root()
    {
        var tree = new GuestBuilder().File("/etc/passwd", "guest").Link("/escape", "../../../../etc/passwd").BuildTree();

        Assert.Equal("guest", tree.ReadText("/escape"));
        Assert.Equal("guest", tree.ReadText("/../../etc/passwd"));
    }

    [Fact]
    public void A_loop_of_links_is_unreadable_and_not_absent()
    {
        var tree = new GuestBuilder().Link("/a", "/b").Link("/b", "/a").BuildTree();

        Assert.Equal(InspectionError.FileUnreadable, Assert.Throws<InspectionException>(() => tree.Find("/a/x")).Error);
    }

    [Fact]
    public void Forty_links_are_followed_and_one_more_is_a_loop()
    {
        var builder = new GuestBuilder().File("/link0", "end");
        for (var number = 1; number <= 41; number++)
        {
            builder.Link($"/link{number}", $"link{number - 1}");
        }

        var tree = builder.BuildTree();

        Assert.Equal("end", tree.ReadText("/link40"));
        Assert.Throws<InspectionException>(() => tree.Find("/link41"));
    }

    [Fact]
    public void A_dangling_link_leads_to_nothing_and_is_there_itself()
    {
        var tree = new GuestBuilder().Link("/etc/resolv.conf", "/run/resolv.conf").BuildTree();

        Assert.Null(tree.Find("/etc/resolv.conf"));
        Assert.True(tree.Find("/etc/resolv.conf", follow: false)?.IsLink);
        Assert.Equal("/run/resolv.conf", tree.ReadLink("/etc/resolv.conf"));
    }

    [Fact]
    public void A_mounted_file_system_hides_the_directory_below_it()
    {
        var var = new InMemoryFileSystem();
        var.AddFile("/lib/dpkg/status", "on the partition"u8.ToArray(), 0x1A4, 0, 0);
        var tree = new GuestBuilder().File("/var/lib/dpkg/status", "hidden").Mount("/var", var).BuildTree();

        Assert.Equal("on the partition", tree.ReadText("/var/lib/dpkg/status"));
        Assert.Contains(tree.List("/"), file => file.Name == "var");
    }

    [Fact]
    public void A_link_into_another_file_system_crosses_the_mount()
    {
        var usr = new InMemoryFileSystem();
        usr.AddFile("/bin/ls", "ls"u8.ToArray(), 0x1ED, 0, 0);
        usr.AddLink("/tmp", "../etc");
        var tree = new GuestBuilder().Link("/bin", "usr/bin").Directory("/usr").File("/etc/hostname", "web01").Mount("/usr", usr).BuildTree();

        Assert.Equal("ls", tree.ReadText("/bin/ls"));
        Assert.Equal("web01", tree.ReadText("/usr/tmp/hostname"));
    }

    [Fact]
    public void Below_a_mount_that_cannot_be_read_nothing_is_said_to_be_absent()
    {
        var tree = new GuestBuilder().Directory("/var").MissingMount("/var", "zfs_member cannot be read yet").BuildTree();

        var exception = Assert.Throws<InspectionException>(() => tree.Exists("/var/lib/dpkg/status"));
        Assert.Equal(InspectionError.FileUnreadable, exception.Error);
        Assert.Contains("zfs_member cannot be read yet", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mode_and_owner_are_those_of_the_inode()
    {
        var file = new GuestBuilder().File("/etc/shadow", "", mode: 640, user: 0, group: 42).BuildTree().Find("/etc/shadow");

        Assert.Equal(("0640", 0u, 42u), (file?.Mode, file?.UserId ?? 9, file?.GroupId ?? 9));
    }

    [Fact]
    public void A_file_above_the_size_limit_is_refused_before_it_is_read()
    {
        var tree = new GuestBuilder().File("/big", new string('x', 1000)).BuildTree();

        Assert.Equal(InspectionError.FileTooLarge, Assert.Throws<InspectionException>(() => tree.ReadAllBytes("/big", 999)).Error);
        Assert.Equal(10, tree.ReadStart("/big", 10).Length);
    }

    [Fact]
    public void Damage_names_the_guest_path()
    {
        var exception = Assert.Throws<InspectionException>(() => new GuestBuilder().Damaged("/etc/passwd").BuildTree().ReadText("/etc/passwd"));

        Assert.Equal((InspectionError.FileUnreadable, "/etc/passwd"), (exception.Error, exception.Path));
    }

    [Fact]
    public void Patterns_match_in_any_component_and_not_hidden_names()
    {
        var tree = new GuestBuilder().File("/etc/a/one.conf").File("/etc/b/two.conf").File("/etc/b/.three.conf").File("/etc/b/four").BuildTree();

        Assert.Equal(["/etc/a/one.conf", "/etc/b/two.conf"], tree.Glob("/etc/*/*.conf"));
    }

    [Fact]
    public void Prefetching_many_paths_costs_the_round_trips_of_the_deepest_one()
    {
        var one = new GuestBuilder().File("/usr/lib/systemd/system/a0.service");
        var many = new GuestBuilder().Link("/lib", "usr/lib");
        for (var number = 0; number < 100; number++)
        {
            many.File($"/usr/lib/systemd/system/a{number}.service").File($"/etc/conf{number}/file");
        }

        one.BuildTree().Prefetch(["/usr/lib/systemd/system/a0.service"]);
        many.BuildTree().Prefetch(["/lib/systemd/system/*.service", "/etc/*/file", "/missing/file"]);

        // The link on the way costs three more: its inode, its target, and the directory that it leads to.
        Assert.InRange(many.FileSystem.PrefetchCalls, 1, one.FileSystem.PrefetchCalls + 4);
    }

    [Fact]
    public void Prefetching_ignores_damage_and_loops()
    {
        var tree = new GuestBuilder().Damaged("/etc/passwd").Link("/loop", "/loop").BuildTree();

        tree.Prefetch(["/etc/passwd", "/loop/x", "/loop"]);

        Assert.Throws<InspectionException>(() => tree.ReadText("/etc/passwd"));
    }
}
