using System.Threading.Channels;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers;

/// <summary>What functions under test report; tests await it.</summary>
public sealed class Received
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Channel<string> _items = Channel.CreateUnbounded<string>();

    public void Add(string item) => _items.Writer.TryWrite(item);

    /// <summary>The next report, waiting for it.</summary>
    public async Task<string> NextAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        return await _items.Reader.ReadAsync(timeout.Token);
    }

    /// <summary>The next reports in the order of their text.</summary>
    public async Task<string[]> NextAsync(int count)
    {
        var items = new string[count];
        for (var index = 0; index < count; index++)
        {
            items[index] = await NextAsync();
        }

        Array.Sort(items, StringComparer.Ordinal);
        return items;
    }

    /// <summary>What has been reported and not been read yet.</summary>
    public IReadOnlyList<string> Rest()
    {
        var rest = new List<string>();
        while (_items.Reader.TryRead(out var item))
        {
            rest.Add(item);
        }

        return rest;
    }
}
