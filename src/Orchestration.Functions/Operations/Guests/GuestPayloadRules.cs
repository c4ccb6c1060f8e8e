using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestration.Functions.Images;
using Orchestration.Profiles;
using Orchestration.Protocol;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Operations.Guests;

/// <summary>The rules that payloads of operations on guests share.</summary>
public static partial class GuestPayloadRules
{
    private static readonly string[] Formats = ["qcow2", "raw", "img", "vmdk", "vdi", "vhd", "vhdx", "ova"];
    private static readonly string[] Severities = [.. Enum.GetNames<Severity>().Select(name => name.ToLowerInvariant())];

    /// <summary>Profiles that the protocol names and this version does not have.</summary>
    private static readonly string[] ProfilesToCome = ["migration"];

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

        if (image.String("path", required: true) is { } path)
        {
            try
            {
                locator.Locate(path);
            }
            catch (JobException exception)
            {
                image.Refuse("path", exception.Message, exception.Code);
            }
        }

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
        if (image.Boolean("read_only") is false)
        {
            image.Refuse("read_only", "Expected true: inspection never writes to an image.");
        }
    }

    /// <param name="owner">The object that has the list.</param>
    /// <param name="required">Whether there must be one with at least one profile.</param>
    public static void CheckProfiles(ValueReader owner, bool required)
    {
        if (owner.Strings("profiles", required) is not { } names)
        {
            return;
        }

        if (required && names.Count == 0)
        {
            owner.Refuse("profiles", $"Expected at least one of {string.Join(", ", ProfileCatalog.Names)}; found none.");
        }

        foreach (var (index, name) in names.Index())
        {
            if (ProfilesToCome.Contains(name))
            {
                owner.Refuse($"profiles/{index}", $"The profile '{name}' is not available yet.", ErrorCodes.OperationNotImplemented);
            }
            else if (!ProfileCatalog.Names.Contains(name))
            {
                owner.Refuse($"profiles/{index}", $"Expected one of {string.Join(", ", ProfileCatalog.Names)}; found '{name}'.");
            }
        }
    }

    public static void CheckProfileOptions(ValueReader? options)
    {
        options?.OneOf("severity_threshold", Severities);
        options?.Boolean("fail_on_critical");
        options?.Boolean("include_remediation");
        options?.String("waivers", pattern: PolicyNamePattern(), expected: "the name of a file in the container policies: letters, digits, dots, hyphens, underscores and slashes");
    }

    [GeneratedRegex(@"^[0-9A-Za-z_][0-9A-Za-z_.-]*(?:/[0-9A-Za-z_][0-9A-Za-z_.-]*){0,7}\z")]
    private static partial Regex PolicyNamePattern();

    [GeneratedRegex(@"^(?!sha256:)[0-9a-zA-Z-]+:[0-9a-fA-F]+\z")]
    private static partial Regex OtherAlgorithmPattern();

    [GeneratedRegex(@"^sha256:[0-9a-fA-F]{64}\z")]
    private static partial Regex ChecksumPattern();
}
