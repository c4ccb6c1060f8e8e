using Orchestration.Functions.Storage;

namespace Orchestration.Functions.Images;

/// <summary>Which images a job may name: the settings under <c>Images</c>.</summary>
public sealed class ImageOptions
{
    public const string Section = "Images";

    /// <summary>Containers of the image account, separated by commas.</summary>
    public string AllowedContainers { get; set; } = $"{Containers.Images},{Containers.ImagesInbox}";

    /// <summary>MiB of memory, at least 16, for what is read of images, by all jobs of a process together.</summary>
    public int CacheMebibytes { get; set; } = 256;

    /// <summary>
    /// Keys of encrypted volumes by the names that documents call them by: a passphrase, or <c>base64:</c> and the content of a key file.
    /// On Azure, references to a key vault.
    /// </summary>
    public Dictionary<string, string> Keys { get; } = new(StringComparer.OrdinalIgnoreCase);
}
