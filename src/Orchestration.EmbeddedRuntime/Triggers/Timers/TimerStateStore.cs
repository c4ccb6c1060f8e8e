using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;

namespace Orchestration.EmbeddedRuntime.Triggers.Timers;

/// <summary>Keeps the state of each timer in a small file, written whole or not at all.</summary>
internal sealed partial class TimerStateStore(EmbeddedHostOptions options, ILogger<TimerStateStore> logger)
{
    private const int MaxFileSize = 4096;
    private readonly string _directory = Path.Combine(options.DataDirectory, "timers");

    /// <summary>Null where there is none, or none that can be read: the timer then starts afresh.</summary>
    public async Task<ScheduleStatus?> ReadAsync(string function, CancellationToken cancellationToken)
    {
        var file = new FileInfo(PathOf(function));
        if (!file.Exists)
        {
            return null;
        }

        try
        {
            return file.Length <= MaxFileSize
                ? JsonSerializer.Deserialize<ScheduleStatus>(await File.ReadAllBytesAsync(file.FullName, cancellationToken))
                : null;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            LogUnreadable(exception, function, file.FullName);
            return null;
        }
    }

    public async Task WriteAsync(string function, ScheduleStatus status, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_directory);
        var path = PathOf(function);
        await File.WriteAllBytesAsync($"{path}.new", JsonSerializer.SerializeToUtf8Bytes(status), cancellationToken);
        File.Move($"{path}.new", path, overwrite: true);
    }

    // Function names are letters, digits, '-' and '_': the index sees to that.
    private string PathOf(string function) => Path.Combine(_directory, $"{function}.json");

    [LoggerMessage(EventId = 1301, Level = LogLevel.Warning, Message = "The state of timer {Function} in {Path} cannot be read; it starts afresh")]
    private partial void LogUnreadable(Exception exception, string function, string path);
}
