using Azure;
using Orchestration.Functions.Storage;
using Orchestration.Inspection;
using Orchestration.Inspection.Languages;
using Orchestration.Profiles.Vulnerabilities;
using Orchestration.Profiles.Vulnerabilities.Database;
using Orchestration.Protocol;

namespace Orchestration.Functions.Operations.Guests;

/// <summary>Imported advisories, one database an ecosystem, in the container <c>advisories</c>.</summary>
public sealed class AdvisoryStore(StorageAccounts accounts)
{
    /// <summary>The known vulnerabilities of a guest; where there are no advisories for it, the report says so.</summary>
    /// <param name="guest">The guest.</param>
    /// <param name="languages">Packages of languages that were found in it; null where nobody searched.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="JobException"><see cref="ErrorCodes.ExecutionError"/>: what is stored is no database.</exception>
    public async Task<VulnerabilityReport> MatchAsync(Guest guest, LanguagePackageFacts? languages, CancellationToken cancellationToken)
    {
        var database = Ecosystems.Of(guest.OperatingSystem) is { } ecosystem ? await ReadAsync(ecosystem, () => VulnerabilityMatcher.NamesOf(guest), cancellationToken) : null;
        var report = VulnerabilityMatcher.Match(guest, database);
        if (languages is null)
        {
            return report;
        }

        var databases = new Dictionary<string, AdvisoryDatabase>(StringComparer.Ordinal);
        foreach (var (language, names) in LanguageMatcher.NamesOf(languages))
        {
            if (await ReadAsync(language, () => names, cancellationToken) is { } found)
            {
                databases[language] = found;
            }
        }

        return LanguageMatcher.Add(report, languages, databases);
    }

    /// <returns>Null where no advisories of the ecosystem were imported.</returns>
    private async Task<AdvisoryDatabase?> ReadAsync(string ecosystem, Func<IReadOnlySet<string>> names, CancellationToken cancellationToken)
    {
        var name = AdvisoryDatabase.FileName(ecosystem);
        var blob = (await accounts.GetContainerAsync(Containers.Advisories, cancellationToken)).GetBlobClient(name);
        try
        {
            await using var stored = await blob.OpenReadAsync(cancellationToken: cancellationToken);
            return AdvisoryDatabase.Read(stored, $"{Containers.Advisories}/{name}", names());
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
        catch (AdvisoryException exception)
        {
            throw new JobException(ErrorCodes.ExecutionError, exception.Message);
        }
    }
}
