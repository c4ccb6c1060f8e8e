using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Storage;

namespace Orchestration.Functions.Triggers.Http;

/// <summary>Says whether the app is well. Needs no key, and says nothing that would need one.</summary>
public sealed class HealthFunction(StorageAccounts accounts)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary><c>GET /health/live</c>: the process answers. One that does not is to be started again.</summary>
    [Function("HealthLive")]
    public static IResult GetLive([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/live")] HttpRequest request) =>
        Answers.Json(new { status = "healthy" });

    /// <summary><c>GET /health/ready</c>: it can take jobs; 503 while the storage or the durable store does not answer.</summary>
    [Function("HealthReady")]
    public async Task<IResult> GetReadyAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/ready")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(
            AnswersAsync(AskStorageAsync, cancellationToken),
            AnswersAsync(token => client.GetInstanceAsync("health-probe", cancellation: token), cancellationToken));
        return Answers.Json(
            new { status = Word(answers.All(well => well), "healthy"), storage = Word(answers[0], "reachable"), store = Word(answers[1], "reachable") },
            answers.All(well => well) ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary><c>GET /health</c>: whether the app can reach its storage.</summary>
    [Function("Health")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var well = await AnswersAsync(AskStorageAsync, cancellationToken);
        return Answers.Json(
            new { status = Word(well, "healthy"), storage = Word(well, "reachable") },
            well ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static string Word(bool well, string word) => well ? word : $"un{word}";

    private async Task AskStorageAsync(CancellationToken cancellationToken) =>
        await accounts.Own.GetBlobContainerClient(Containers.State).ExistsAsync(cancellationToken);

    /// <summary>Whether something answers before the patience of those who ask is over.</summary>
    private static async Task<bool> AnswersAsync(Func<CancellationToken, Task> ask, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        try
        {
            await ask(timeout.Token);
            return true;
        }
#pragma warning disable CA1031 // Whatever a back end throws, it is not well.
        catch (Exception)
#pragma warning restore CA1031
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }
}
