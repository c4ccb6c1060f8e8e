using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestration.Functions.Images;
using Orchestration.Profiles;
using Orchestration.Profiles.Reports;
using Orchestration.Protocol;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Operations.Guests;

/// <summary>The rules that payloads of operations on guests share.</summary>
public static partial class GuestPayloadRules
{
    // Trying a key on a volume may take a second of the processor, by design.
    private const int MostKeys = 8;

    private static readonly string[] Formats = ["qcow2", "raw", "img", "vmdk", "vdi", "vhd", "vhdx", "ova"];
    internal static readonly string[] Severities = [.. Enum.GetNames<Severity>().Select(name => name.ToLowerInvariant())];

    /// <summary>A reader of the payload's data; null, with a violation, where it is not an object.</summary>
    public static ValueReader? Open(JsonElement data, string pointer, ICollection<Violation> violations)
    {
        if (data.ValueKind == JsonValueKind.Object)
        {
            return new ValueReader(data, pointer, violations, ErrorCodes.PayloadInvalid);
        }

        violations.Add(new Violation(pointer, ErrorCodes.PayloadInvalid, "Expected an object that names the image."));
        return null;
    }

    public static void CheckImage(ValueReader payload, ImageLocator locator)
    {
        if (payload.Object("image", required: true) is not { } image)
        {
            return;
        }

        CheckPath(image, image.String("path", required: true), locator);
        image.OneOf("format", Formats);
        if (image.String("checksum") is { } checksum && !ChecksumPattern().IsMatch(checksum))
        {
            var otherAlgorithm = OtherAlgorithmPattern().IsMatch(checksum);
            image.Refuse(
                "checksum",
                $"Expected sha256: and 64 hexadecimal digits, found '{(checksum.Length <= 80 ? checksum : checksum[..80])}'.",
                otherAlgorithm ? ErrorCodes.ChecksumAlgorithmUnsupported : null);
        }

        image.Integer("size_bytes", 0, long.MaxValue);
        CheckKeys(image, locator);
        if (image.Boolean("read_only") is false)
        {
            image.Refuse("read_only", "Expected true: inspection never writes to an image.");
        }
    }

    /// <summary>One side of a comparison: an image, or a job.</summary>
    public static void CheckComparedGuest(ValueReader guest, ImageLocator locator)
    {
        var jobId = guest.String("job_id");
        var path = guest.String("path", required: jobId is null);
        if (jobId is not null && path is not null)
        {
            guest.Refuse("job_id", "Expected an image or a job, found both.");
        }
        else if (jobId is not null && !JobDocumentReader.IsJobId(jobId))
        {
            guest.Refuse("job_id", "Expected the id of a job.");
        }

        CheckPath(guest, path, locator);
        CheckKeys(guest, locator);
        guest.OneOf("format", Formats);
        guest.Integer("size_bytes", 0, long.MaxValue);
        if (guest.String("checksum") is not null)
        {
            guest.Refuse("checksum", "Comparisons do not verify checksums yet.", ErrorCodes.OperationNotImplemented);
        }
    }

    /// <summary>A list of absolute paths in the guest.</summary>
    public static void CheckGuestPaths(ValueReader owner, string name)
    {
        foreach (var (index, path) in (owner.Strings(name, required: false) ?? []).Index())
        {
            if (!path.StartsWith('/') || path.Contains('\0', StringComparison.Ordinal))
            {
                owner.Refuse($"{name}/{index}", "Expected an absolute path in the guest.");
            }
        }
    }

    private static void CheckKeys(ValueReader image, ImageLocator locator)
    {
        foreach (var (index, name) in (image.Strings("keys", maximumCount: MostKeys) ?? []).Index())
        {
            RefuseWhereFails(image, $"keys/{index}", () => locator.FindKeys([name]));
        }
    }

    private static void CheckPath(ValueReader image, string? path, ImageLocator locator)
    {
        if (path is not null)
        {
            RefuseWhereFails(image, "path", () => locator.Locate(path));
        }
    }

    private static void RefuseWhereFails(ValueReader image, string member, Action find)
    {
        try
        {
            find();
        }
        catch (JobException exception)
        {
            image.Refuse(member, exception.Message, exception.Code);
        }
    }

    /// <param name="owner">The object that has the list.</param>
    /// <param name="required">Whether there must be one with at least one profile.</param>
    /// <param name="others">Names that are no profiles of checks and are taken all the same.</param>
    public static void CheckProfiles(ValueReader owner, bool required, params IReadOnlyList<string> others)
    {
        List<string> known = [.. ProfileCatalog.Names, .. others];
        if (owner.Strings("profiles", required) is not { } names)
        {
            return;
        }

        if (required && names.Count == 0)
        {
            owner.Refuse("profiles", $"Expected at least one of {string.Join(", ", known)}; found none.");
        }

        foreach (var (index, name) in names.Index())
        {
            if (!known.Contains(name))
            {
                owner.Refuse($"profiles/{index}", $"Expected one of {string.Join(", ", known)}; found '{name}'.");
            }
        }
    }

    public static void CheckProfileOptions(ValueReader? options)
    {
        options?.OneOf("severity_threshold", Severities);
        options?.Boolean("fail_on_critical");
        options?.Boolean("include_remediation");
        options?.Boolean("deep_scan");
        options?.String("waivers", pattern: PolicyNamePattern(), expected: "the name of a file in the container policies: letters, digits, dots, hyphens, underscores and slashes");
        foreach (var (index, name) in (options?.Strings("reports", required: false) ?? []).Index())
        {
            if (!ReportFormats.Names.Contains(name))
            {
                options?.Refuse($"reports/{index}", $"Expected one of {string.Join(", ", ReportFormats.Names)}; found '{name}'.");
            }
        }
    }

    [GeneratedRegex(@"^[0-9A-Za-z_][0-9A-Za-z_.-]*(?:/[0-9A-Za-z_][0-9A-Za-z_.-]*){0,7}\z")]
    private static partial Regex PolicyNamePattern();

    [GeneratedRegex(@"^(?!sha256:)[0-9a-zA-Z-]+:[0-9a-fA-F]+\z")]
    private static partial Regex OtherAlgorithmPattern();

    [GeneratedRegex(@"^sha256:[0-9a-fA-F]{64}\z")]
    private static partial Regex ChecksumPattern();
}
