using Microsoft.Extensions.Options;
using Orchestration.Functions.Operations;
using Orchestration.Functions.Webhooks;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Intake;

/// <summary>Reads documents and checks everything about them that can be known before they run.</summary>
public sealed class DocumentChecker(OperationRegistry operations, WebhookRules webhooks, IOptions<IntakeOptions> options, TimeProvider time)
{
    /// <summary>Operations that the protocol names; those of them that this app lacks are refused as not implemented rather than unknown.</summary>
    private static readonly string[] NamedByProtocol =
    [
        "guestkit.inspect", "guestkit.profile", "guestkit.fix", "guestkit.convert", "guestkit.compare", "guestkit.doctor", "guestkit.migrate-plan",
        "guestkit.passport", "guestkit.repair", "guestkit.explore", "hyper2kvm.inspect", "hyper2kvm.convert", "hyper2kvm.offline_fix",
        "hyper2kvm.boot_repair", "hyper2kvm.selinux_prep", "hyper2kvm.lvm_repair", "hyper2kvm.fs_repair", "hyper2kvm.initramfs_regen",
    ];

    /// <summary>The document with everything that is wrong with it, its operation's payload included.</summary>
    public JobDocumentReading Read(IncomingDocument incoming)
    {
        var reading = JobDocumentReader.Read(incoming.Content, new ReadingOptions
        {
            Format = incoming.Format,
            MaximumTimeoutSeconds = options.Value.MaximumTimeoutSeconds,
            Time = time,
        });
        if (reading.Document is not { } document)
        {
            return reading;
        }

        var violations = new List<Violation>();
        CheckOperation(document, violations);
        webhooks.Check(document, violations);
        if (incoming.RequiredNamespace is { } required && document.Metadata?.Namespace != required)
        {
            violations.Insert(0, new Violation(
                "/metadata/namespace",
                ErrorCodes.NamespaceNotAllowed,
                $"Expected '{required}', to which the key is bound; found {(document.Metadata?.Namespace is { } other ? $"'{other}'" : "none")}."));
        }

        if (incoming.Strict)
        {
            violations.AddRange(reading.UnknownMembers.Select(Violation.OfUnknown));
        }

        return violations.Count == 0 ? reading : reading with { Document = null, Operation = document.Operation, Violations = violations };
    }

    private void CheckOperation(JobDocument document, List<Violation> violations)
    {
        if (operations.Find(document.Operation) is not { } operation)
        {
            violations.Add(NamedByProtocol.Contains(document.Operation)
                ? new Violation("/operation", ErrorCodes.OperationNotImplemented, $"The operation '{document.Operation}' is not available yet.")
                : new Violation(
                    "/operation", ErrorCodes.UnsupportedOperation, $"Expected one of {string.Join(", ", operations.Names)}; found '{document.Operation}'."));
        }
        else if (document.Payload.Type != $"{document.Operation}.v1")
        {
            violations.Add(new Violation(
                "/payload/type", ErrorCodes.UnsupportedPayloadVersion, $"Expected '{document.Operation}.v1', found '{document.Payload.Type}'."));
        }
        else
        {
            operation.Validate(document.Payload.Data, "/payload/data", violations);
        }
    }
}
