using System.Globalization;
using Orchestration.Protocol.Validation;

namespace Orchestration.Protocol.Hyper2Kvm;

/// <summary>The rules of hyper2kvm documents: specification section 1.16.</summary>
internal static class Hyper2KvmRules
{
    private static readonly string[] Operations =
    [
        "inspect", "convert", "offline_fix", "boot_repair", "selinux_prep", "lvm_repair", "fs_repair", "initramfs_regen", "initramfs_regenerate",
    ];

    private static readonly string[] Formats = ["qcow2", "vmdk", "raw", "vdi", "vhd", "vhdx"];

    /// <summary>One operation has two names (section 7, K14).</summary>
    public static string CanonicalOperation(string operation) => operation == "initramfs_regenerate" ? "initramfs_regen" : operation;

    public static DateTimeOffset? ParseTime(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    public static void Check(ValueReader document)
    {
        document.String("version");
        EnvelopeRules.CheckJobId(document);
        if (document.String("created_at") is { } createdAt && ParseTime(createdAt) is null)
        {
            document.Refuse("created_at", "Expected a timestamp such as 2026-03-01T08:00:00, which means UTC.");
        }

        document.OneOf("operation", Operations, required: true);
        document.Strings("requested_actions");
        if (document.Object("image", required: true) is { } image)
        {
            image.String("path", required: true);
            image.OneOf("format", Formats);
            image.String("checksum");
            image.Integer("size_bytes", 0, long.MaxValue);
        }

        CheckPolicy(document.Object("execution_policy"), document.Object("capability_requirements"));
        var artifacts = document.Object("artifacts", required: true);
        artifacts?.String("output_path", required: true);
        foreach (var name in (string[])["log_upload", "store_fixed_image", "keep_intermediates"])
        {
            artifacts?.Boolean(name);
        }

        var audit = document.Object("audit", required: true);
        audit?.String("requested_by", required: true);
        audit?.String("ticket");
        audit?.StringMap("tags");
        CheckParameters(document);
    }

    private static void CheckPolicy(ValueReader? policy, ValueReader? requirements)
    {
        policy?.Integer("retry_count", 0, 5);
        policy?.Integer("timeout_seconds", 60, 86400);
        policy?.Boolean("idempotent");
        policy?.Integer("priority", 0, 100);
        foreach (var name in (string[])["needs_nbd", "needs_lvm", "needs_mount", "needs_selinux_tools"])
        {
            requirements?.Boolean(name);
        }

        requirements?.Integer("min_memory_gb", 1, 1_000_000);
        requirements?.Integer("min_disk_space_gb", 1, 1_000_000);
    }

    /// <summary>Documents are stored, shown and logged: a secret must not be in one.</summary>
    private static void CheckParameters(ValueReader document)
    {
        if (document.Object("parameters") is not { } parameters)
        {
            return;
        }

        foreach (var name in parameters.Names.Where(name =>
            name.Contains("passphrase", StringComparison.OrdinalIgnoreCase) || name.Contains("password", StringComparison.OrdinalIgnoreCase)))
        {
            parameters.Refuse(ValueReader.Escape(name), "Expected no secret in a document, which is stored and shown.");
        }
    }
}
