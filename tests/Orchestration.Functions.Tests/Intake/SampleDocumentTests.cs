using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.Functions.Intake;
using Orchestration.Functions.Workers;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Workers;
using Orchestration.TestSupport;

namespace Orchestration.Functions.Tests.Intake;

/// <summary>What the samples promise.</summary>
public class SampleDocumentTests
{
    public static TheoryData<string> Samples =>
        [.. Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "samples", "jobs")).Select(file => Path.GetFileName(file)).Where(file => !file.EndsWith(".ndjson", StringComparison.Ordinal))];

    [Fact]
    public void There_are_at_least_nine() => Assert.InRange(Samples.Count, 9, 100);

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_sample_is_accepted_by_its_operation_and_this_machine(string file)
    {
        using var services = Services();

        var reading = services.GetRequiredService<DocumentChecker>().Read(Incoming(file));

        Assert.Empty(reading.Violations);
        Assert.NotNull(reading.Document);
        Assert.Empty(WorkerMatch.Compare(reading.Document, services.GetRequiredService<ThisWorker>().Describe()));
    }

    [Fact]
    public async Task Every_document_of_the_sample_batch_is_accepted()
    {
        await using var services = Services();
        await using var batch = File.OpenRead(PathTo("batch.ndjson"));
        await foreach (var document in BatchReader.ReadAsync(batch, CancellationToken.None))
        {
            Assert.Empty(services.GetRequiredService<DocumentChecker>().Read(new IncomingDocument(document)).Violations);
        }
    }

    [Theory]
    [InlineData("guestkit.passport", ErrorCodes.OperationNotImplemented)]
    [InlineData("hyper2kvm.boot_repair", ErrorCodes.OperationNotImplemented)]
    [InlineData("guestkit.brew", ErrorCodes.UnsupportedOperation)]
    public void An_operation_that_is_not_there_is_refused_as_what_it_is(string operation, string code)
    {
        using var services = Services();
        var document = JsonSerializer.SerializeToUtf8Bytes(new JobDocumentBuilder(operation).Build(), ProtocolJson.Options);
        Assert.Equal(code, Assert.Single(services.GetRequiredService<DocumentChecker>().Read(new IncomingDocument(document)).Violations).Code);
    }

    private static IncomingDocument Incoming(string file) => new(File.ReadAllBytes(PathTo(file)), DocumentFormats.OfFileName(file));

    private static string PathTo(string file) => Path.Combine(RepositoryRoot.Path, "samples", "jobs", file);

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("AzureWebJobsStorage", "UseDevelopmentStorage=true")])
            .Build());
        services.AddOrchestration();
        return services.BuildServiceProvider();
    }
}
