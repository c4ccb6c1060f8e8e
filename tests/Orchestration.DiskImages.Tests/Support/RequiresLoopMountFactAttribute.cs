using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Support;

/// <summary>A fact that lets the kernel mount an image, which takes root and loop devices.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresLoopMountFactAttribute(params string[] tools) : FactAttribute
{
    public string[] Tools => tools;

    public override string? Skip =>
        Tool.DescribeMissing([.. tools, "mount", "umount", "losetup"])
        ?? (Environment.IsPrivilegedProcess && File.Exists("/dev/loop-control") ? null : "needs root and loop devices");
}
