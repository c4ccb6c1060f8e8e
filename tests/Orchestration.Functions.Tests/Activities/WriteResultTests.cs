using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.Functions.Activities;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.States;
using Orchestration.TestSupport;

namespace Orchestration.Functions.Tests.Activities;

public class WriteResultTests
{
    [Fact]
    public async Task A_payload_that_an_older_version_accepted_and_this_one_refuses_still_gets_its_failed_result()
    {
        await using var azurite = await Azurite.StartAsync();
        await using var services = Services(azurite.ConnectionString);
        var document = new JobDocumentBuilder("guestkit.inspect").WithJobId("refused-later-1").WithData(JsonDocument.Parse("null").RootElement).Build();
        await services.GetRequiredService<ClaimStore>().TryClaimAsync(new JobClaim(document, DateTimeOffset.UtcNow, null), CancellationToken.None);
        var validation = await ActivatorUtilities.CreateInstance<ValidateJob>(services).RunAsync(
            new ValidationRequest("refused-later-1", null), CancellationToken.None);
        var request = new ResultRequest("refused-later-1", 1, DateTimeOffset.UtcNow, validation.Error);

        var outcome = await ActivatorUtilities.CreateInstance<WriteResult>(services).RunAsync(request, CancellationToken.None);

        Assert.Equal(ErrorCodes.PayloadInvalid, outcome.Error?.Code);
        var result = await services.GetRequiredService<ResultStore>().ReadResultAsync("refused-later-1", CancellationToken.None);
        Assert.Equal(("failed", Phases.Validation), (result?.Status, result?.Error?.Phase));
        Assert.Null(result?.Metrics);
    }

    private static ServiceProvider Services(string connectionString)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("AzureWebJobsStorage", connectionString)])
            .Build());
        services.AddOrchestration();
        return services.BuildServiceProvider();
    }
}
