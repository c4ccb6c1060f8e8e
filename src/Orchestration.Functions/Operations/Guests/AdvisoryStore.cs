using Azure;
using Orchestration.Functions.Storage;
using Orchestration.Inspection;
using Orchestration.Profiles.Vulnerabilities;
using Orchestration.Profiles.Vulnerabilities.Database;
using Orchestration.Protocol;

namespace Orchestration.Functions.Operations.Guests;

/// <summary>Imported advisories, one database an ecosystem, in the container <c>advisories</c>.</summary>
public sealed class AdvisoryStore(StorageAccounts accounts)
{
    /// <summary>The known vulnerabilities of a guest; where there are no advisories for it, the report says so.</summary>
    /// <exception cref="JobException"><see cref="ErrorCodes.ExecutionError"/>: what is stored is no database.</exception>
    public async Task<VulnerabilityReport> MatchAsync(Guest guest, CancellationToken cancellationToken)
    {
        if (Ecosystems.Of(guest.OperatingSystem) is not { } ecosystem)
        {
            return VulnerabilityMatcher.Match(guest, null);
        }

        var name = AdvisoryDatabase.FileName(ecosystem);
        var blob = (await accounts.GetContainerAsync(Containers.Advisories, cancellationToken)).GetBlobClient(name);
        try
        {
            await using var stored = await blob.OpenReadAsync(cancellationToken: cancellationToken);
            return VulnerabilityMatcher.Match(guest, AdvisoryDatabase.Read(stored, $"{Containers.Advisories}/{name}", VulnerabilityMatcher.NamesOf(guest)));
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return VulnerabilityMatcher.Match(guest, null);
        }
        catch (AdvisoryException exception)
        {
            throw new JobException(ErrorCodes.ExecutionError, exception.Message);
        }
    }
}
