using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers;

/// <summary>Keeps what a host logs.</summary>
internal sealed class TestLogs : ILoggerProvider
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ConcurrentQueue<Entry> _entries = [];

    public IReadOnlyList<Entry> Of(int eventId) => [.. _entries.Where(entry => entry.Id == eventId)];

    /// <summary>Waits until an event has been logged.</summary>
    public async Task<Entry> WaitForAsync(int eventId)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            if (Of(eventId) is [var entry, ..])
            {
                return entry;
            }

            await Task.Delay(10, timeout.Token);
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(_entries);

    public void Dispose()
    {
    }

    internal sealed record Entry(int Id, LogLevel Level, string Message, Exception? Exception);

    private sealed class Logger(ConcurrentQueue<Entry> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => entries.Enqueue(new(eventId.Id, logLevel, formatter(state, exception), exception));
    }
}
