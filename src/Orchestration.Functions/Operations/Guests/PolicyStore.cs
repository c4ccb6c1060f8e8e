using Azure;
using Orchestration.Functions.Storage;
using Orchestration.Profiles;
using Orchestration.Protocol;

namespace Orchestration.Functions.Operations.Guests;

/// <summary>Files by which an organisation decides how its images are judged, in the container <c>policies</c>.</summary>
public sealed class PolicyStore(StorageAccounts accounts)
{
    private const int MaximumBytes = 1 << 20;

    /// <summary>The waivers of a file.</summary>
    /// <exception cref="JobException"><see cref="ErrorCodes.PayloadInvalid"/>: there is no such file, or it is not understood.</exception>
    public async Task<IReadOnlyList<Waiver>> ReadWaiversAsync(string name, CancellationToken cancellationToken)
    {
        var blob = (await accounts.GetContainerAsync(Containers.Policies, cancellationToken)).GetBlobClient(name);
        try
        {
            var length = (await blob.GetPropertiesAsync(cancellationToken: cancellationToken)).Value.ContentLength;
            return length <= MaximumBytes
                ? WaiverFile.Parse((await blob.DownloadContentAsync(cancellationToken)).Value.Content.ToString())
                : throw Refuse(name, $"expected at most {MaximumBytes} bytes, found {length}");
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            throw Refuse(name, "there is no such file");
        }
        catch (WaiverException exception)
        {
            throw Refuse(name, exception.Message);
        }
    }

    private static JobException Refuse(string name, string reason) => new(ErrorCodes.PayloadInvalid, $"Waivers {Containers.Policies}/{name}: {reason}.");
}
