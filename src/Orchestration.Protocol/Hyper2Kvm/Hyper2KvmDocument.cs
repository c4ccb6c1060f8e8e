using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Validation;

namespace Orchestration.Protocol.Hyper2Kvm;

/// <summary>
/// Job documents of hyper2kvm (specification section 1.16), which say <c>1.0</c> too and look otherwise: recognised, checked by their own
/// rules, and put into this protocol's words (section 7, K03 and K15). The original is kept as the member <see cref="MemberName"/>.
/// </summary>
public static class Hyper2KvmDocument
{
    /// <summary>Where the document as submitted is kept.</summary>
    public const string MemberName = "hyper2kvm";

    /// <summary>Whether a document is one of theirs: they have neither <c>kind</c> nor <c>payload</c>, and an image at the top.</summary>
    internal static bool IsOne(JsonElement document) =>
        !document.TryGetProperty("kind", out _) && !document.TryGetProperty("payload", out _) && document.TryGetProperty("image", out _);

    /// <summary>Checks a document and puts it into this protocol's words.</summary>
    /// <param name="document">An object for which <see cref="IsOne"/> holds.</param>
    /// <param name="now">The time of creation where the document says none.</param>
    /// <param name="violations">Receives what is wrong, with pointers into the document as submitted.</param>
    /// <returns>The canonical document; null where something is wrong.</returns>
    internal static JsonElement? Adapt(JsonElement document, DateTimeOffset now, List<Violation> violations)
    {
        var reader = new ValueReader(document, "", violations);
        Hyper2KvmRules.Check(reader);
        if (violations.Count > 0)
        {
            return null;
        }

        var original = JsonObject.Create(document) ?? [];
        var operation = $"hyper2kvm.{Hyper2KvmRules.CanonicalOperation(original["operation"]!.GetValue<string>())}";
        var audit = original["audit"]!.AsObject();
        var canonical = new JsonObject
        {
            ["version"] = JobDocument.CurrentVersion,
            ["job_id"] = original["job_id"]!.DeepClone(),
            ["created_at"] = CreatedAt(original["created_at"], now),
            ["kind"] = JobDocument.VirtualMachineOperation,
            ["operation"] = operation,
            ["payload"] = new JsonObject { ["type"] = $"{operation}.v1", ["data"] = Data(original) },
            ["metadata"] = new JsonObject
            {
                ["labels"] = audit["tags"]?.DeepClone(),
                ["annotations"] = audit["ticket"] is { } ticket ? new JsonObject { ["hyper2kvm/ticket"] = ticket.DeepClone() } : null,
            },
            ["execution"] = Execution(original["execution_policy"] as JsonObject),
            ["constraints"] = Constraints(original["capability_requirements"] as JsonObject),
            ["audit"] = new JsonObject { ["submitted_by"] = audit["requested_by"]!.DeepClone() },
            [MemberName] = original.DeepClone(),
        };
        return JsonSerializer.SerializeToElement(canonical);
    }

    private static JsonObject Data(JsonObject original)
    {
        var image = original["image"]!.DeepClone().AsObject();
        if (image["checksum"] is JsonValue checksum && checksum.GetValue<string>() is { Length: 64 } digest)
        {
            image["checksum"] = $"sha256:{digest}";
        }

        return new JsonObject
        {
            ["image"] = image,
            ["requested_actions"] = original["requested_actions"]?.DeepClone(),
            ["parameters"] = original["parameters"]?.DeepClone(),
            ["output"] = original["artifacts"]!.DeepClone(),
        };
    }

    private static JsonObject Execution(JsonObject? policy)
    {
        var priority = policy?["priority"]?.GetValue<int>() ?? 5;
        return new JsonObject
        {
            ["max_attempts"] = (policy?["retry_count"]?.GetValue<int>() ?? 0) + 1,
            ["timeout_seconds"] = policy?["timeout_seconds"]?.GetValue<int>() ?? 7200,

            // Theirs is 1 for the most urgent; the scale to 100 of their operator has the most urgent on top, as here.
            ["priority"] = priority is >= 1 and <= 10 ? 11 - priority : Math.Clamp((priority + 9) / 10, 1, 10),
        };
    }

    private static JsonObject Constraints(JsonObject? requirements)
    {
        (string Member, string Feature)[] features = [("needs_nbd", "nbd"), ("needs_lvm", "lvm"), ("needs_mount", "mount"), ("needs_selinux_tools", "selinux")];
        return new JsonObject
        {
            ["required_features"] = new JsonArray(
                [.. features.Where(need => requirements?[need.Member]?.GetValue<bool>() is true).Select(need => JsonValue.Create(need.Feature))]),
            ["minimum_memory_gb"] = requirements?["min_memory_gb"]?.DeepClone(),
            ["minimum_free_disk_gb"] = requirements?["min_disk_space_gb"]?.DeepClone(),
        };
    }

    /// <summary>Their timestamps have no zone and mean UTC.</summary>
    private static string CreatedAt(JsonNode? createdAt, DateTimeOffset now)
    {
        var time = createdAt is null ? now : Hyper2KvmRules.ParseTime(createdAt.GetValue<string>()) ?? now;
        return time.ToString("O", CultureInfo.InvariantCulture);
    }
}
