namespace Orchestration.TestSupport;

/// <summary>Lets the kernel mount images. The name of a file system's tool (<c>mkfs.xfs</c>) stands for the kernel's knowledge of it as well.</summary>
public static class LoopMount
{
    public static string? DescribeMissing(IReadOnlyCollection<string> tools)
    {
        if (Tool.DescribeMissing([.. tools, "mount", "umount", "losetup"]) is { } missing)
        {
            return missing;
        }

        if (!Environment.IsPrivilegedProcess || !File.Exists("/dev/loop-control"))
        {
            return "needs root and loop devices";
        }

        var types = tools.Select(tool => tool == "mksquashfs" ? "squashfs" : tool.StartsWith("mkfs.", StringComparison.Ordinal) ? tool["mkfs.".Length..] : null).OfType<string>();

        // A driver outside the kernel is a tool itself.
        return types.FirstOrDefault(type => !tools.Any(tool => tool.StartsWith($"mount.{type}", StringComparison.Ordinal)) && !IsKnown(type)) is { } unknown ? $"needs a kernel that mounts {unknown}" : null;
    }

    /// <summary>Runs the action with the image mounted on a folder beside it.</summary>
    /// <param name="image">The image.</param>
    /// <param name="options">Mount options.</param>
    /// <param name="action">Is given the folder.</param>
    /// <param name="type">The driver, where it is not the one that the content suggests.</param>
    public static void While(string image, string options, Action<string> action, string? type = null)
    {
        var root = Directory.CreateDirectory(image + ".mounted").FullName;
        Tool.Run("mount", [.. type is null ? Array.Empty<string>() : ["-t", type], "-o", options.Length == 0 ? "loop" : $"loop,{options}", image, root]);
        try
        {
            action(root);
        }
        finally
        {
            Unmount(root);
        }
    }

    /// <summary>Runs the action with a file system over all the images mounted.</summary>
    public static void WhileTogether(IReadOnlyList<string> images, Action<string> action)
    {
        var devices = new List<string>();
        var root = Directory.CreateDirectory(images[0] + ".mounted").FullName;
        try
        {
            devices.AddRange(images.Select(image => Tool.Run("losetup", "--find", "--show", image).Trim()));
            Tool.Run("mount", "-o", string.Join(',', devices.Select(device => $"device={device}")), devices[0], root);
            try
            {
                action(root);
            }
            finally
            {
                Unmount(root);
            }
        }
        finally
        {
            devices.ForEach(device => Tool.Run("losetup", "--detach", device));
        }
    }

    // A process that another test has just forked holds the files open here until it becomes its program: the mount is busy for a moment.
    private static void Unmount(string root)
    {
        const int MostAttempts = 100;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Tool.Run("umount", root);
                return;
            }
            catch (InvalidOperationException) when (attempt < MostAttempts)
            {
                Thread.Sleep(TimeSpan.FromMilliseconds(50));
            }
        }
    }

    private static bool IsKnown(string type)
    {
        bool IsListed() => File.ReadLines("/proc/filesystems").Any(line => line.Split('\t')[^1] == type);
        if (!IsListed() && Tool.DescribeMissing(["modprobe"]) is null)
        {
            try
            {
                Tool.Run("modprobe", type);
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }

        return IsListed();
    }
}
