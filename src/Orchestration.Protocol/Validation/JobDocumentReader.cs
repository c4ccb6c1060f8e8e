using System.Text.Json;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Hyper2Kvm;

namespace Orchestration.Protocol.Validation;

/// <summary>Reads job documents and checks everything that can be checked without knowing the operation.</summary>
public static class JobDocumentReader
{
    /// <summary>Largest document accepted, in bytes.</summary>
    public const int MaximumBytes = 1024 * 1024;

    /// <summary>
    /// Reads a document of any format and dialect and checks it against specification section 1.3 (the rules marked REC). Never throws for
    /// bad input.
    /// </summary>
    /// <param name="utf8">The document.</param>
    /// <param name="options">How it is written, and what an administrator allows.</param>
    public static JobDocumentReading Read(ReadOnlyMemory<byte> utf8, ReadingOptions? options = null)
    {
        options ??= new ReadingOptions();
        return DocumentParser.TryParse(utf8, options.Format, out var root) is { } violation
            ? JobDocumentReading.Refused(violation)
            : Read(root, options);
    }

    /// <summary>Whether a text has the form of a job id, which is safe as part of a blob's name and as an instance id.</summary>
    public static bool IsJobId(string text) => EnvelopeRules.IsJobId(text);

    private static JobDocumentReading Read(JsonElement root, ReadingOptions options)
    {
        var violations = new List<Violation>();
        if (Hyper2KvmDocument.IsOne(root))
        {
            if (Hyper2KvmDocument.Adapt(root, options.Time.GetUtcNow(), violations) is not { } adapted)
            {
                return new JobDocumentReading(null, EnvelopeRules.CheckJobId(new ValueReader(root, "", [])), violations);
            }

            root = adapted;
        }

        var jobId = EnvelopeRules.Check(new ValueReader(root, "", violations), options.MaximumTimeoutSeconds);
        if (violations.Count > 0)
        {
            return new JobDocumentReading(null, jobId, violations);
        }

        // Every rule was met, so the typed form cannot fail; should it do so all the same, the document is refused, not lost.
        try
        {
            return ProtocolJson.Read<JobDocument>(root) is { } document
                ? new JobDocumentReading(WithDefaults(document, root), jobId, [])
                : new JobDocumentReading(null, jobId, [new Violation("", ErrorCodes.InvalidJson, "Expected an object.")]);
        }
        catch (JsonException exception)
        {
            return new JobDocumentReading(null, jobId, [new Violation("", ErrorCodes.InvalidField, DocumentParser.FirstSentence(exception.Message))]);
        }
    }

    /// <summary>The time that a job has by default depends on its operation, which the type cannot know.</summary>
    private static JobDocument WithDefaults(JobDocument document, JsonElement root)
    {
        var says = root.TryGetProperty("execution", out var execution)
            && execution.ValueKind == JsonValueKind.Object
            && execution.TryGetProperty("timeout_seconds", out var timeout)
            && timeout.ValueKind == JsonValueKind.Number;
        return says ? document : document with
        {
            Execution = document.Execution with { TimeoutSeconds = JobExecution.DefaultTimeoutSecondsFor(document.Operation) },
        };
    }
}
