using System.Security.Cryptography;
using System.Text;

namespace Orchestration.TestSupport;

/// <summary>
/// A real Debian root made by debootstrap, and disks made of it. Both take a minute, so they are made once for a machine, in its cache
/// folder, and made again when this description changes.
/// </summary>
public static class DebianRoot
{
    private const string Suite = "bookworm";

    private const string Packages =
        "systemd,systemd-sysv,openssh-server,cron,ufw,rsyslog,sudo,ifupdown,libpam-pwquality,apparmor,netplan.io,unattended-upgrades,chrony,nginx-light";

    private const string Customize = """
        set -eu
        echo web01 > etc/hostname
        printf 'UUID=11111111-2222-4333-8444-555555555555 / ext4 errors=remount-ro 0 1\nLABEL=boot /boot ext4 defaults,nodev 0 2\nPARTLABEL=variable /var ext4 defaults,nosuid 0 2\ntmpfs /tmp tmpfs nosuid,nodev,noexec 0 0\n' > etc/fstab
        printf 'alice:x:1000:1000:Alice:/home/alice:/bin/bash\n' >> etc/passwd
        printf 'alice:x:1000:\n' >> etc/group
        printf 'alice:$6$abcdefgh$notarealhash:19700:0:99999:7:::\n' >> etc/shadow
        sed -i 's/^sudo:x:27:.*/sudo:x:27:alice/' etc/group
        mkdir -p home/alice/.ssh && printf '# laptop\nssh-ed25519 AAAAC3 alice@laptop\n' > home/alice/.ssh/authorized_keys
        printf 'PermitRootLogin no\nMatch User alice\n  PasswordAuthentication no\n' > etc/ssh/sshd_config.d/10-site.conf
        sed -i 's/^ENABLED=.*/ENABLED=yes/' etc/ufw/ufw.conf
        ln -sf /dev/null etc/systemd/system/apt-daily.timer
        """;

    // Everything an image needs: the root first, /boot and /var on partitions of their own.
    private const string BuildDisk = """
        set -eu
        cd "$1"
        rm -rf boot-tree var-tree mountless && mkdir -p mountless
        cp -a root/boot boot-tree && cp -a root/var var-tree
        cp -a root/. mountless/ && rm -rf mountless/boot mountless/var && mkdir mountless/boot mountless/var
        mke2fs -q -t ext4 -U 11111111-2222-4333-8444-555555555555 -d mountless root.ext4 1400M
        mke2fs -q -t ext4 -L boot -d boot-tree boot.ext4 100M
        mke2fs -q -t ext4 -d var-tree var.ext4 400M
        truncate -s 2G disk.raw
        printf 'label: gpt\nstart=2048,size=204800,name=boot\nstart=206848,size=2867200,name=root\nstart=3074048,size=819200,name=variable\n' | sfdisk -q disk.raw
        dd if=boot.ext4 of=disk.raw bs=512 seek=2048 conv=notrunc,sparse status=none
        dd if=root.ext4 of=disk.raw bs=512 seek=206848 conv=notrunc,sparse status=none
        dd if=var.ext4 of=disk.raw bs=512 seek=3074048 conv=notrunc,sparse status=none
        rm -rf root.ext4 boot.ext4 var.ext4 boot-tree var-tree mountless
        """;

    private static readonly Lazy<string?> Obstacle = new(Make);

    /// <summary>The root as a folder of this machine.</summary>
    public static string Folder => Path.Combine(FindFolder(), "root");

    /// <summary>A raw GPT disk with separate <c>/boot</c>, <c>/</c> and <c>/var</c>.</summary>
    public static string Disk => Path.Combine(FindFolder(), "disk.raw");

    /// <summary>Makes the root where it is not there yet, and says why it cannot be had here; null where it is there.</summary>
    public static string? DescribeMissing()
    {
        if (Directory.Exists(FindFolder()))
        {
            return null;
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return "needs root, for debootstrap";
        }

        return Tool.DescribeMissing(["debootstrap", "mke2fs", "sfdisk"]) ?? Obstacle.Value;
    }

    private static string FindFolder()
    {
        var caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var recipe = Convert.ToHexStringLower(SHA256.HashData(
            Encoding.UTF8.GetBytes($"{Suite}\n{Packages}\n{Customize}\n{BuildDisk}")))[..12];
        return Path.Combine(caches, "orchestration-tests", $"debian-{Suite}-{recipe}");
    }

    private static string? Make()
    {
        // Made aside and renamed, so that a build that was killed is never taken for a whole one.
        var folder = FindFolder();
        var building = $"{folder}.{Environment.ProcessId}";
        var root = Path.Combine(building, "root");
        Directory.CreateDirectory(root);
        try
        {
            Tool.Run("debootstrap", "--variant=minbase", $"--include={Packages}", Suite, root);
        }
        catch (InvalidOperationException failure)
        {
            // Without a network this fails, which says nothing about the code under test.
            Directory.Delete(building, recursive: true);
            return failure.Message.Split('\n')[0];
        }

        try
        {
            Tool.Run("sh", "-c", $"cd \"$1/root\"\n{Customize}", "sh", building);
            Tool.Run("sh", "-c", BuildDisk, "sh", building);
            Directory.Move(building, folder);
        }
        catch (InvalidOperationException failure)
        {
            // A mistake in the recipe must not look like a missing tool: the tests run, and fail for want of the disk.
            Console.Error.WriteLine(failure.Message);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another test process was faster.
            Directory.Delete(building, recursive: true);
        }

        return null;
    }
}
