using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Triggers.Functions;

namespace Orchestration.EmbeddedRuntime.Triggers.Hosting;

/// <summary>Says once the host listens where, and what starts each function.</summary>
internal sealed partial class FunctionListing(FunctionIndex index, HostAddress host, ILoggerFactory loggers)
    : IHostedLifecycleService
{
    private readonly ILogger _logger = loggers.CreateLogger("Host.Startup");

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var address = host.Address;
        var count = index.Functions.Count;
        LogListening(address, count);
        foreach (var function in index.Functions)
        {
            var trigger = function.Trigger.Describe(address);
            LogFunction(function.Name, trigger);
        }

        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventId = 1101, Level = LogLevel.Information, Message = "Listening on {Address} with {Count} functions")]
    private partial void LogListening(Uri address, int count);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Information, Message = "{Function}: {Trigger}")]
    private partial void LogFunction(string function, string trigger);
}
