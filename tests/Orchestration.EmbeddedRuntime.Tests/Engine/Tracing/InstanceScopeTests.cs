using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.Engine.Tracing;

public class InstanceScopeTests
{
    [Fact]
    public async Task Lines_of_an_orchestrator_and_of_an_activity_belong_to_their_instance_and_its_trace()
    {
        using var scopes = new RecordedScopes();
        await using var host = await DurableTestHost.StartAsync(
            tasks => tasks
                .AddOrchestratorFunc("Logs", async context =>
                {
                    Log(context.CreateReplaySafeLogger("app"), "in the orchestrator");
                    await context.CallActivityAsync("Works");
                })
                .AddActivityFunc("Works", (TaskActivityContext _) => Log(scopes.CreateLogger("app"), "in the activity")),
            services: services => services.AddSingleton<ILoggerProvider>(scopes));
        using Activity trace = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();

        OrchestrationMetadata ended = await host.RunAsync("Logs");

        string scope = $"InstanceId:{ended.InstanceId} TraceId:{trace.TraceId}";
        Assert.Equal([scope], scopes.Of("in the orchestrator"));
        Assert.Equal([scope], scopes.Of("in the activity"));
    }

#pragma warning disable CA1848, CA2254 // A test's own log line.
    private static void Log(ILogger logger, string line) => logger.LogInformation(line);
#pragma warning restore CA1848, CA2254

    /// <summary>Keeps the scopes that were open around each line.</summary>
    [ProviderAlias("Scopes")]
    private sealed class RecordedScopes : ILoggerProvider, ISupportExternalScope, ILogger
    {
        private readonly ConcurrentQueue<(string Line, string Scope)> _lines = new();
        private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

        public IEnumerable<string> Of(string line) => _lines.Where(logged => logged.Line == line).Select(logged => logged.Scope);

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var open = new List<string>();
            _scopes.ForEachScope((scope, all) => all.Add($"{scope}"), open);
            _lines.Enqueue((formatter(state, exception), string.Join(", ", open)));
        }

        public void Dispose()
        {
        }
    }
}
