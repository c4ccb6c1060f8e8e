using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Orchestration.Functions.Api;
using Orchestration.Functions.Intake;
using Orchestration.Functions.Workers;
using Orchestration.Protocol.Schemas;

namespace Orchestration.Functions.Triggers.Http;

/// <summary>Tells what documents look like, and what is wrong with one.</summary>
public sealed class DocumentFunctions(DocumentChecker checker, Placement placement)
{
    private const string SchemaMediaType = "application/schema+json";

    /// <summary><c>POST /jobs:validate</c>: 200 for a document that would be accepted, 400 with every violation; nothing is stored or run.</summary>
    [Function("ValidateDocument")]
    public Task<IResult> ValidateAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "jobs:validate")] HttpRequest request,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () =>
        {
            var reading = checker.Read(await DocumentBody.ReadDocumentAsync(request, cancellationToken));
            var violations = reading.Document is { } document ? await placement.CheckAsync(document, cancellationToken) : reading.Violations;
            return violations.Count > 0
                ? Problems.Refused(new Submission.Refused(reading.JobId, violations))
                : Answers.Json(new ValidDocument(reading.JobId ?? "", reading.Document?.Operation ?? "", reading.UnknownMembers));
        });

    /// <summary><c>GET /schemas/job-v1.json</c>: the JSON Schema of job documents.</summary>
    [Function("GetJobSchema")]
    public static IResult GetSchema([HttpTrigger(AuthorizationLevel.Function, "get", Route = "schemas/job-v1.json")] HttpRequest request) =>
        Results.Bytes(JobSchema.Json.ToArray(), SchemaMediaType);

    /// <summary><c>GET /openapi.json</c>: this interface, as OpenAPI 3.1.</summary>
    [Function("GetOpenApi")]
    public static IResult GetOpenApi([HttpTrigger(AuthorizationLevel.Function, "get", Route = "openapi.json")] HttpRequest request) =>
        Results.Text(OpenApiDocument.Json, "application/json");
}

/// <summary>The answer to a document that would be accepted.</summary>
/// <param name="JobId">Of the job.</param>
/// <param name="Operation">Of the job.</param>
/// <param name="UnknownMembers">Members without effect, as JSON pointers.</param>
public sealed record ValidDocument(string JobId, string Operation, IReadOnlyList<string> UnknownMembers);
