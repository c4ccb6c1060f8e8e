using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Orchestration.Functions.Workers;

namespace Orchestration.Functions.Triggers.Http;

/// <summary>Tells what the workers are and can do.</summary>
public sealed class WorkerFunctions(ThisWorker self, WorkerRegistry registry)
{
    /// <summary><c>GET /capabilities</c>: of the worker that answers.</summary>
    [Function("GetCapabilities")]
    public IResult GetCapabilities([HttpTrigger(AuthorizationLevel.Function, "get", Route = "capabilities")] HttpRequest request) =>
        Answers.Json(self.Describe());

    /// <summary><c>GET /workers</c>: all that share the storage account.</summary>
    [Function("ListWorkers")]
    public Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "workers")] HttpRequest request,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () =>
            Answers.Json(new { workers = await registry.ListAsync(cancellationToken) }));
}
