using Orchestration.Functions.Storage;

namespace Orchestration.Functions.Images;

/// <summary>Which images a job may name: the settings under <c>Images</c>.</summary>
public sealed class ImageOptions
{
    public const string Section = "Images";

    /// <summary>Containers of the image account, separated by commas.</summary>
    public string AllowedContainers { get; set; } = $"{Containers.Images},{Containers.ImagesInbox}";
}
