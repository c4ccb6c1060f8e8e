using System.CommandLine;

namespace Orchestration.Cli.Commands.Images;

/// <summary><c>orchestrate image …</c>: looks into an image where it lies, without the service.</summary>
internal static class ImageCommand
{
    public static Command Create() => new(
        "image",
        """
        Look into a disk image, on this machine or in blob storage, without mounting or copying it.

        Examples:
          orchestrate image info web01.qcow2
          orchestrate image ls web01.qcow2 /etc
          orchestrate image cat web01.qcow2 /etc/fstab
          orchestrate image cp web01.qcow2 /var/log ./logs
          orchestrate image find https://account.blob.core.windows.net/images/web01.vhdx / --name '*.conf'
          orchestrate image check web01.qcow2 --content

        Exit codes: 0 done, 1 done but damage was found, 2 refused or not there, 3 storage cannot be reached.
        """)
    {
        InfoCommand.Create(),
        ListFilesCommand.Create(),
        CatCommand.Create(),
        CopyCommand.Create(),
        FindCommand.Create(),
        DiskFreeCommand.Create(),
        CheckCommand.Create(),
    };
}
