using Azure;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestration.Functions.Storage;

namespace Orchestration.Functions.Workers;

/// <summary>Gives signs of life as long as the process runs.</summary>
public sealed partial class WorkerHeartbeat(WorkerRegistry registry, IOptions<WorkerOptions> options, TimeProvider time, ILogger<WorkerHeartbeat> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.HeartbeatSeconds), time);
        do
        {
            try
            {
                await registry.ReportAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is RequestFailedException || StorageAccounts.IsOutage(exception))
            {
                LogFailed(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(EventId = 60, Level = LogLevel.Warning, Message = "This worker could not give a sign of life.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
