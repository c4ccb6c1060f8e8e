using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Orchestration.EmbeddedRuntime.Tests.Fixtures;

/// <summary>A line of a log.</summary>
internal sealed record LogLine(string Category, LogLevel Level, int Id, string Message, Exception? Exception, IReadOnlyDictionary<string, object?> State);

/// <summary>A logging provider that keeps what it is told.</summary>
internal sealed class RecordedLogs : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    public IReadOnlyList<LogLine> Lines => [.. _lines];

    /// <summary>Lines of one category, oldest first.</summary>
    public IReadOnlyList<LogLine> Of(string category) => [.. _lines.Where(line => line.Category == category)];

    /// <summary>Lines of the worker about its tasks.</summary>
    public IReadOnlyList<LogLine> OfTasks(int id) => [.. Of("Microsoft.DurableTask.Worker").Where(line => line.Id == id)];

    public ILogger CreateLogger(string categoryName) => new Recorder(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Recorder(RecordedLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = (state as IEnumerable<KeyValuePair<string, object?>> ?? []).ToDictionary(pair => pair.Key, pair => pair.Value);
            logs._lines.Enqueue(new LogLine(category, logLevel, eventId.Id, formatter(state, exception), exception, values));
        }
    }
}
