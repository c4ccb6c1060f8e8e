using System.Collections.Frozen;
using System.Text.Json;
using Orchestration.DiskImages;
using Orchestration.Functions.Images;
using Orchestration.Inspection;
using Orchestration.Inspection.KernelSettings;
using Orchestration.Inspection.Languages;
using Orchestration.Inspection.Mapping;
using Orchestration.Profiles;
using Orchestration.Protocol;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Operations.Guests;

/// <summary>
/// The steps that operations on guests are made of. The first maps the image; the others open the guest by that map, side by side, each
/// learning one thing.
/// </summary>
public sealed class GuestSteps(ImageOpener images, PolicyStore policies, AdvisoryStore advisories, TimeProvider time)
{
    public const string Map = "map";
    public const string Checksum = "checksum";
    public const string OperatingSystem = "operating-system";
    public const string Packages = "packages";
    public const string Services = "services";
    public const string Users = "users";
    public const string Network = "network";
    public const string Security = "security";
    public const string Storage = "storage";
    public const string Databases = "databases";
    public const string Languages = "language-packages";
    public const string Vulnerabilities = "vulnerabilities";
    private const string ProfilePrefix = "profile-";

    private static readonly FrozenDictionary<string, FactStep> FactSteps = new Dictionary<string, FactStep>(StringComparer.Ordinal)
    {
        [OperatingSystem] = new(Phases.OsDetection, guest => new { guest.OperatingSystem, guest.Boot, Windows = guest.Windows.SystemRoot is null ? null : guest.Windows }),
        [Packages] = new(Phases.PackageScan, guest => new { guest.Packages }),
        [Services] = new(Phases.ServiceScan, guest => new { guest.Services, guest.Scheduling, guest.Software }),
        [Users] = new(Phases.SecurityScan, guest => new { guest.Users }),
        [Network] = new(Phases.SecurityScan, guest => new { guest.Network }),
        [Security] = new(Phases.SecurityScan, guest => new
        {
            guest.Ssh, guest.Firewall, guest.AccessControl, guest.Authentication, guest.Logging, guest.Certificates, KernelSettings = Describe(guest.KernelSettings),
        }),
        [Storage] = new(Phases.DiskInspection, guest => new { guest.Storage }),
        [Databases] = new(Phases.ServiceScan, guest => new { guest.Software.Databases }),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// The plan of a job: the image first, then everything else about it side by side. On a deep scan vulnerabilities come last, because they are also those of what it finds.
    /// </summary>
    public static JobPlan Plan(ImageReference image, IEnumerable<string> factSteps, IEnumerable<string> profiles, bool isDeep = false)
    {
        List<JobStep> first = [new(Map, Phases.DiskInspection)];
        if (image.Checksum is not null)
        {
            first.Add(new JobStep(Checksum, Phases.Validation));
        }

        var second = factSteps.Distinct(StringComparer.Ordinal).Select(step => new JobStep(step, FactSteps[step].Phase))
            .Concat(profiles.Distinct(StringComparer.Ordinal).Select(profile => new JobStep(StepFor(profile), Phases.SecurityScan))).ToList();
        if (!isDeep)
        {
            return new JobPlan([new JobStage(first), new JobStage(second)]);
        }

        var last = second.Where(step => step.Id == Vulnerabilities).ToList();
        var stages = new[] { new JobStage(first), new JobStage([.. second.Except(last), new JobStep(Languages, Phases.PackageScan)]) };
        return new JobPlan(last.Count == 0 ? stages : [.. stages, new JobStage(last)]);
    }

    /// <summary>The id of the step that evaluates a profile.</summary>
    public static string StepFor(string profile) => profile == Vulnerabilities ? Vulnerabilities : ProfilePrefix + profile;

    /// <summary>Every section that these steps give an inspection, of a guest that is at hand.</summary>
    public static JsonElement Describe(Guest guest) => Serialize(FactSteps.Values
        .SelectMany(step => Serialize(step.Read(guest)).EnumerateObject())
        .DistinctBy(section => section.Name).ToDictionary(section => section.Name, section => section.Value));

    /// <summary>Runs one of the steps above.</summary>
    public async Task<StepOutput> RunAsync(
        StepContext context, ImageReference image, ProfileChoices choices, CancellationToken cancellationToken)
    {
        if (context.Step == Checksum)
        {
            var checksum = image.Checksum ?? throw new InvalidOperationException("A checksum step was planned for an image without one.");
            var cost = await images.VerifyChecksumAsync(image, checksum, cancellationToken);
            return Output(new { Verified = checksum }, cost);
        }

        var known = context.Step == Map ? null : await ReadMapAsync(context, cancellationToken);
        using var opened = await images.OpenAsync(image, known?.Version, cancellationToken);
        if (known is null)
        {
            RequireSize(opened.Image, context.MaximumDiskBytes);
            var map = GuestMapper.Map(opened.Image);
            return Output(new MappedImage(opened.Version, opened.SizeBytes, map), opened.TakeCost());
        }

        var guest = Guest.Open(opened.Image, known.Map);
        if (context.Step == Languages)
        {
            return Output(LanguageScanner.Scan(guest, new LanguageScanOptions { Time = time, Report = context.Report }, cancellationToken), opened.TakeCost());
        }

        if (context.Step == Vulnerabilities)
        {
            var languages = choices.DeepScan ? await ReadLanguagesAsync(context, cancellationToken) : null;
            return Output(await advisories.MatchAsync(guest, languages, cancellationToken), opened.TakeCost());
        }

        return context.Step.StartsWith(ProfilePrefix, StringComparison.Ordinal)
            ? Output(Evaluate(guest, context.Step[ProfilePrefix.Length..], await ReadOptionsAsync(image, choices, cancellationToken)), opened.TakeCost())
            : Output(FactSteps[context.Step].Read(guest), opened.TakeCost());
    }

    /// <summary>What the map step left.</summary>
    public static async Task<MappedImage> ReadMapAsync(StepContext context, CancellationToken cancellationToken) =>
        (await context.ReadOutputAsync(Map, cancellationToken)).Deserialize<MappedImage>(ProtocolJson.Options)
            ?? throw new InvalidOperationException($"The map of job {context.JobId} is empty.");

    /// <summary>What the deep scan found.</summary>
    public static async Task<LanguagePackageFacts> ReadLanguagesAsync(StepContext context, CancellationToken cancellationToken) =>
        (await context.ReadOutputAsync(Languages, cancellationToken)).Deserialize<LanguagePackageFacts>(ProtocolJson.Options)
            ?? throw new InvalidOperationException($"The packages of languages of job {context.JobId} are empty.");

    private static void RequireSize(DiskImage image, long? maximum)
    {
        if (image.Content.Length > maximum)
        {
            throw new JobException(
                ErrorCodes.ImageTooLarge, $"Expected a virtual disk of at most {maximum} bytes, found {image.Content.Length} bytes.");
        }
    }

    private async Task<ProfileOptions> ReadOptionsAsync(ImageReference image, ProfileChoices choices, CancellationToken cancellationToken) =>
        new(choices.SeverityThreshold, choices.IncludeRemediation)
        {
            Today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime),
            Image = image.Path,
            Waivers = choices.Waivers is { } name ? await policies.ReadWaiversAsync(name, cancellationToken) : [],
        };

    private static ProfileReport Evaluate(Guest guest, string name, ProfileOptions options) =>
        ProfileCatalog.Find(name) is { } profile
            ? ProfileRunner.Run(profile, guest, options)
            : throw new JobException(ErrorCodes.OperationNotImplemented, $"This app has no profile '{name}'.");

    /// <summary>What the guest sets, without the thousands of modules that its kernel could load.</summary>
    private static object Describe(KernelSettingFacts settings) => new { settings.Parameters, settings.ExcludedParameters, settings.ModuleRules, settings.Warnings };

    private static StepOutput Output<T>(T output, ImageCost cost) =>
        new(Serialize(output), cost);

    private static JsonElement Serialize<T>(T value) => JsonSerializer.SerializeToElement(value, value is null ? typeof(T) : value.GetType(), ProtocolJson.Options);

    /// <param name="Phase">The protocol's phase.</param>
    /// <param name="Read">What the step learns of a guest.</param>
    private sealed record FactStep(string Phase, Func<Guest, object> Read);
}

/// <summary>The output of the map step.</summary>
/// <param name="Version">ETag of the image: all steps of a job read the same version.</param>
/// <param name="SizeBytes">Size of the stored image.</param>
/// <param name="Map">Where everything lies.</param>
public sealed record MappedImage(string Version, long SizeBytes, GuestMap Map);
