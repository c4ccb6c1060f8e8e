using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Orchestration.Functions.Images;
using Orchestration.Functions.Storage;
using Orchestration.Inspection;
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

    /// <param name="forJob">The job that compares: a result of another namespace is as one that does not exist.</param>
    /// <param name="guest">What is compared.</param>
    /// <param name="options">What of it.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<StepOutput> TakeAsync(string forJob, ComparedGuest guest, CompareOptions options, CancellationToken cancellationToken)
    {
        if (guest.JobId is { } jobId)
        {
            var claim = await claims.ReadStartedAsync(forJob, cancellationToken) ?? throw new JobException(ErrorCodes.ExecutionError, $"The document of job {forJob} is gone.");
            return await claims.IsOpenToAsync(claim.Document.Metadata?.Namespace, jobId, cancellationToken)
                ? new StepOutput(Serialize(await ReadAsync(jobId, cancellationToken)))
                : throw LeftNothing(jobId);
        }

        using var opened = await images.OpenAsync(guest.Image, expectedVersion: null, cancellationToken);
        var snapshot = Take(Guest.Open(opened.Image, GuestMapper.Map(opened.Image)), guest.Image.Path, options, cancellationToken);
        return new StepOutput(Serialize(snapshot), opened.TakeCost());
    }

    private GuestSnapshot Take(Guest guest, string image, CompareOptions options, CancellationToken cancellationToken)
    {
        guest.Prefetch();
        var notes = new List<string>();
        var facts = options.CompareConfig
            ? Serialize(new
            {
                guest.OperatingSystem, guest.Boot, guest.Services, guest.Scheduling, guest.Users, guest.Network, guest.Ssh, guest.Firewall, guest.AccessControl, guest.Storage,
            })
            : (JsonElement?)null;
        var profileOptions = new ProfileOptions { Today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), Image = image };
        return new GuestSnapshot(
            image,
            $"{guest.OperatingSystem.ProductName ?? guest.OperatingSystem.Distribution} {guest.OperatingSystem.Architecture}".Trim(),
            options.ComparePackages ? Packages(guest.Packages) : null,
            facts is { } known ? ConfigurationReader.Read(known) : null,
            options.Profiles.Count == 0 ? null : Findings(options.Profiles.Select(ProfileCatalog.Find).OfType<Orchestration.Profiles.Profile>().Select(profile => ProfileRunner.Run(profile, guest, profileOptions))),
            options.CompareFiles ? FileFingerprints.Read(guest, options.Files, notes, cancellationToken) : null)
        {
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

        return new GuestSnapshot(
            inspection.GetProperty("image").GetProperty("path").GetString() ?? jobId,
            inspection.GetProperty("operating_system").GetProperty("product_name").GetString() ?? "",
            inspection.TryGetProperty("packages", out var packages) && packages.Deserialize<PackageFacts>(ProtocolJson.Options) is { } facts ? Packages(facts) : null,
            ConfigurationReader.Read(inspection),
            reports.Count == 0 ? null : Findings(reports),
            null);
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

    private static Dictionary<string, SnapshotFinding> Findings(IEnumerable<ProfileReport> reports) => reports.SelectMany(report => report.Results)
        .DistinctBy(result => result.Id).ToDictionary(result => result.Id, result => new SnapshotFinding(result.Title, result.Severity, result.Verdict), StringComparer.Ordinal);

    private static JsonElement Serialize<T>(T value) => JsonSerializer.SerializeToElement(value, ProtocolJson.Options);
}
