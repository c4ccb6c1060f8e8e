using Azure.Storage.Blobs;
using Microsoft.Extensions.Options;
using Orchestration.DiskImages.Volumes.Encryption;
using Orchestration.Functions.Storage;
using Orchestration.Protocol;

namespace Orchestration.Functions.Images;

/// <summary>Where an image lies.</summary>
/// <param name="Container">An allowed container of the image account.</param>
/// <param name="Name">The blob's name.</param>
public sealed record ImageLocation(string Container, string Name)
{
    public override string ToString() => $"{Container}/{Name}";
}

/// <summary>
/// Turns what a document says into a place that the app may read, or a key that it may use. Nothing else in the app makes an address from a document or an image.
/// </summary>
public sealed class ImageLocator(IOptions<ImageOptions> options, StorageAccounts accounts)
{
    /// <summary>Longest blob name that Azure Storage has.</summary>
    private const int MaximumNameLength = 1024;

    private readonly HashSet<string> _allowedContainers = options.Value.AllowedContainers
        .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// Finds the place that a path names: <c>container/name</c>, or an https URL in the image account. Does not look whether it exists.
    /// </summary>
    /// <exception cref="JobException"><see cref="ErrorCodes.PathNotAllowed"/>.</exception>
    public ImageLocation Locate(string path)
    {
        var text = path.Contains("://", StringComparison.Ordinal) ? PathInAccount(path) : path;

        // Documents in the wild write absolute paths; the first segment is the container either way.
        var relative = text.StartsWith('/') ? text[1..] : text;
        var separator = relative.IndexOf('/', StringComparison.Ordinal);
        if (separator <= 0)
        {
            throw Refuse(path, "a path of the form container/name");
        }

        var location = new ImageLocation(relative[..separator], relative[(separator + 1)..]);
        if (!_allowedContainers.Contains(location.Container))
        {
            throw Refuse(path, $"a path in one of the containers {string.Join(", ", _allowedContainers.Order(StringComparer.Ordinal))}");
        }

        RequireSafeName(path, location.Name);
        return location;
    }

    /// <summary>
    /// Finds the file that an image refers to as its backing file: another image of the same container.
    /// </summary>
    /// <param name="referrer">The image that refers to it.</param>
    /// <param name="name">The name stored in the image: hostile.</param>
    /// <exception cref="JobException"><see cref="ErrorCodes.PathNotAllowed"/>.</exception>
    public static ImageLocation LocateBackingFile(ImageLocation referrer, string name)
    {
        if (name.Contains(':', StringComparison.Ordinal) || name.StartsWith('/'))
        {
            throw Refuse(name, "a backing file named relative to the image");
        }

        RequireSafeName(name, name);
        var folder = referrer.Name.LastIndexOf('/');
        return referrer with { Name = folder < 0 ? name : $"{referrer.Name[..folder]}/{name}" };
    }

    /// <summary>The blob at a place. The inbox is in the app's own account, where its trigger looks; other images may lie elsewhere.</summary>
    public BlobClient GetBlob(ImageLocation location)
    {
        var account = location.Container == Containers.ImagesInbox ? accounts.Own : accounts.Images;
        return account.GetBlobContainerClient(location.Container).GetBlobClient(location.Name);
    }

    /// <summary>The keys of these names; null for none.</summary>
    /// <exception cref="JobException"><see cref="ErrorCodes.PayloadInvalid"/>: there is no such key.</exception>
    public IDiskKeys? FindKeys(IReadOnlyCollection<string> names) => names.Count == 0
        ? null
        : new ReferencedKeys([.. names.Select(name => options.Value.Keys.GetValueOrDefault(name)
            ?? throw new JobException(ErrorCodes.PayloadInvalid, $"Expected the name of a key in the settings of the service; found '{name}'."))]);

    private static void RequireSafeName(string path, string name)
    {
        var safe = name.Length is > 0 and <= MaximumNameLength
            && name.Split('/').All(segment => segment is not ("" or "." or ".."))
            && !name.AsSpan().ContainsAny('\\', '?', '#')
            && !name.Any(char.IsControl);
        if (!safe)
        {
            throw Refuse(path, "a blob name without '.', '..' or empty segments, backslashes, '?', '#' and control characters");
        }
    }

    private static JobException Refuse(string path, string expected) =>
        new(ErrorCodes.PathNotAllowed, $"Expected {expected}; found '{(path.Length <= 200 ? path : path[..200])}'.");

    private string PathInAccount(string url)
    {
        var account = accounts.Images.Uri;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || uri.Scheme != account.Scheme
            || !string.Equals(uri.Authority, account.Authority, StringComparison.OrdinalIgnoreCase)
            || uri.UserInfo.Length > 0)
        {
            throw Refuse(WithoutQuery(url), $"a URL in the account {account.Host}");
        }

        if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            // A signature in a document would end up in results and logs: access is granted to the app, not by the document.
            throw Refuse(WithoutQuery(url), "a URL without query and fragment");
        }

        // Uri has resolved dot segments; the text as written must not have had any, encoded or not.
        var written = Uri.UnescapeDataString(url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..]);
        var path = written[written.IndexOf('/', StringComparison.Ordinal)..];

        // Azurite, and accounts behind some proxies, have the account's name as the first segment.
        var prefix = account.AbsolutePath.TrimEnd('/') + "/";
        return path.StartsWith(prefix, StringComparison.Ordinal)
            ? path[prefix.Length..]
            : throw Refuse(url, $"a URL in the account {account.Host}");
    }

    private static string WithoutQuery(string url)
    {
        var end = url.IndexOf('?', StringComparison.Ordinal);
        return end < 0 ? url : url[..end];
    }
}
