using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Support;

/// <summary>Lets the kernel mount images. The name of a file system's tool (<c>mkfs.xfs</c>) stands for the kernel's knowledge of it as well.</summary>
internal static class LoopMount
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
        return types.FirstOrDefault(type => !IsKnown(type)) is { } unknown ? $"needs a kernel that mounts {unknown}" : null;
    }

    /// <summary>Runs the action with the image mounted on a folder beside it.</summary>
    public static void While(string image, string options, Action<string> action)
    {
        var root = Directory.CreateDirectory(image + ".mounted").FullName;
        Tool.Run("mount", "-o", options.Length == 0 ? "loop" : $"loop,{options}", image, root);
        try
        {
            action(root);
        }
        finally
        {
            Tool.Run("umount", root);
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
                Tool.Run("umount", root);
            }
        }
        finally
        {
            devices.ForEach(device => Tool.Run("losetup", "--detach", device));
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
