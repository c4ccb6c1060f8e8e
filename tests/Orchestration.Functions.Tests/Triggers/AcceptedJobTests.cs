using System.Text.Json;
using Orchestration.Functions.Triggers.Http.Jobs;
using Orchestration.Protocol;

namespace Orchestration.Functions.Tests.Triggers;

public class AcceptedJobTests
{
    [Fact]
    public void Check_status_urls_keep_the_names_that_durable_clients_know()
    {
        var status = new CheckStatus("job-1", "status", "event", "terminate", "suspend", "resume", "purge");

        var json = JsonSerializer.SerializeToElement(status, ProtocolJson.Options);

        Assert.Equal(
            ["id", "statusQueryGetUri", "sendEventPostUri", "terminatePostUri", "suspendPostUri", "resumePostUri", "purgeHistoryDeleteUri"],
            json.EnumerateObject().Select(property => property.Name));
    }
}
