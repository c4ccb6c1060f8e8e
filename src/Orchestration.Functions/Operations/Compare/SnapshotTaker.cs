using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Orchestration.Functions.Images;
using Orchestration.Functions.Operations.Guests;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Inspection;
using Orchestration.Inspection.Languages;
using Orchestration.Inspection.Mapping;
using Orchestration.Inspection.Packages;
using Orchestration.Profiles;
using Orchestration.Profiles.Comparison;
using Orchestration.Protocol;

namespace Orchestration.Functions.Operations.Compare;

/// <summary>Takes what is compared of a guest: from its image, or from the result of an earlier job.</summary>
public sealed class SnapshotTaker(ImageOpener images, StorageAccounts accounts, ClaimStore claims, TimeProvider time)
{
    /// <summary>The file in which a comparison keeps its target, for later ones.</summary>
    public const string FileName = "snapshot.json";

    /// <param name="context">The step that takes it: a result of another namespace than its job's is as one that does not exist.</param>
    /// <param name="guest">What is compared.</param>
    /// <param name="options">What of it.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<StepOutput> TakeAsync(StepContext context, ComparedGuest guest, CompareOptions options, CancellationToken cancellationToken)
    {
        if (guest.JobId is { } jobId)
        {
            var claim = await claims.ReadStartedAsync(context.JobId, cancellationToken) ?? throw new JobException(ErrorCodes.ExecutionError, $"The document of job {context.JobId} is gone.");
            return await claims.IsOpenToAsync(claim.Document.Metadata?.Namespace, jobId, cancellationToken)
                ? new StepOutput(Serialize(await ReadAsync(jobId, cancellationToken)))
                : throw LeftNothing(jobId);
        }

        using var opened = await images.OpenAsync(guest.Image, expectedVersion: null, cancellationToken);
        var snapshot = Take(Guest.Open(opened.Image, GuestMapper.Map(opened.Image)), guest.Image.Path, options, context.Report, cancellationToken);
        return new StepOutput(Serialize(snapshot), opened.TakeCost());
    }

    private GuestSnapshot Take(Guest guest, string image, CompareOptions options, Action<string> report, CancellationToken cancellationToken)
    {
        guest.Prefetch();
        var notes = new List<string>();
        var languages = options.DeepScan ? LanguageScanner.Scan(guest, new LanguageScanOptions { Time = time, Report = report }, cancellationToken) : null;
        var profileOptions = new ProfileOptions { Today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), Image = image };
        return new GuestSnapshot(
            image,
            $"{guest.OperatingSystem.ProductName ?? guest.OperatingSystem.Distribution} {guest.OperatingSystem.Architecture}".Trim(),
            options.ComparePackages ? Packages(guest.Packages) : null,
            options.CompareConfig ? ConfigurationReader.Read(GuestSteps.Describe(guest)) : null,
            options.Profiles.Count == 0 ? null : Findings(options.Profiles.Select(ProfileCatalog.Find).OfType<Orchestration.Profiles.Profile>().Select(profile => ProfileRunner.Run(profile, guest, profileOptions))),
            options.CompareFiles ? FileFingerprints.Read(guest, options.Files, notes, cancellationToken) : null)
        {
            LanguagePackages = languages is null ? null : Packages(languages, notes),
            Notes = notes,
        };
    }

    /// <summary>A comparison's own snapshot, else what an inspection's documents say.</summary>
    private async Task<GuestSnapshot> ReadAsync(string jobId, CancellationToken cancellationToken)
    {
        var container = await accounts.GetContainerAsync(Containers.Results, cancellationToken);
        if (await ReadAsync<GuestSnapshot>(container, jobId, FileName, cancellationToken) is { } stored)
        {
            return stored;
        }

        if (await ReadAsync<JsonElement?>(container, jobId, "inspection.json", cancellationToken) is not { } inspection)
        {
            throw LeftNothing(jobId);
        }

        var reports = new List<ProfileReport>();
        foreach (var name in ProfileCatalog.Names)
        {
            if (await ReadAsync<ProfileReport>(container, jobId, $"profile-{name}.json", cancellationToken) is { } report)
            {
                reports.Add(report);
            }
        }

        var notes = new List<string>();
        return new GuestSnapshot(
            inspection.GetProperty("image").GetProperty("path").GetString() ?? jobId,
            inspection.GetProperty("operating_system").GetProperty("product_name").GetString() ?? "",
            inspection.TryGetProperty("packages", out var packages) && packages.Deserialize<PackageFacts>(ProtocolJson.Options) is { } facts ? Packages(facts) : null,
            ConfigurationReader.Read(inspection),
            reports.Count == 0 ? null : Findings(reports),
            null)
        {
            LanguagePackages = inspection.TryGetProperty("language_packages", out var languages) && languages.Deserialize<LanguagePackageFacts>(ProtocolJson.Options) is { } found ? Packages(found, notes) : null,
            Notes = notes,
        };
    }

    private static JobException LeftNothing(string jobId) =>
        new(ErrorCodes.PayloadInvalid, $"Job {jobId} left neither {FileName} nor inspection.json: expected a finished inspection or comparison.");

    private static async Task<T?> ReadAsync<T>(BlobContainerClient container, string jobId, string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await container.GetBlobClient($"{jobId}/{name}").DownloadContentAsync(cancellationToken)).Value.Content.ToObjectFromJson<T>(ProtocolJson.Options);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return default;
        }
    }

    /// <summary>Null where no database could be read: nothing installed is not the same as nothing known.</summary>
    private static IReadOnlyList<SnapshotPackage>? Packages(PackageFacts facts) => facts.Format is null
        ? null
        : [.. facts.Installed.Select(package => new SnapshotPackage(package.Name, package.Architecture, package.Version, package.Format))];

    private static IReadOnlyList<SnapshotLanguagePackage> Packages(LanguagePackageFacts languages, List<string> notes)
    {
        if (!languages.Complete)
        {
            notes.Add("Not all files were searched for packages of languages: there may be more.");
        }

        return [.. languages.Found.Select(package => new SnapshotLanguagePackage(package.Ecosystem, package.Name, package.Version)).Distinct()];
    }

    private static Dictionary<string, SnapshotFinding> Findings(IEnumerable<ProfileReport> reports) => reports.SelectMany(report => report.Results)
        .DistinctBy(result => result.Id).ToDictionary(result => result.Id, result => new SnapshotFinding(result.Title, result.Severity, result.Verdict), StringComparer.Ordinal);

    private static JsonElement Serialize<T>(T value) => JsonSerializer.SerializeToElement(value, ProtocolJson.Options);
}
