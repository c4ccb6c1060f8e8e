using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Orchestration.Functions.Storage;

namespace Orchestration.Functions.Triggers;

/// <summary><c>GET /health</c>: whether the app can reach its storage. Needs no key, and says nothing that would need one.</summary>
public sealed class HealthFunction(StorageAccounts accounts)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    [Function("Health")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        try
        {
            await accounts.Own.GetBlobContainerClient(Containers.State).ExistsAsync(timeout.Token);
            return Answers.Json(new { status = "healthy", storage = "reachable" });
        }
        catch (Exception exception) when (StorageAccounts.IsOutage(exception) || timeout.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Answers.Json(new { status = "unhealthy", storage = "unreachable" }, StatusCodes.Status503ServiceUnavailable);
        }
    }
}
