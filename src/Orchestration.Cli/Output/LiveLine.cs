using System.Diagnostics;

namespace Orchestration.Cli.Output;

/// <summary>A line on the terminal that says how far something is, once it takes longer than a second; nothing where standard error is no terminal. Not thread-safe.</summary>
internal sealed class LiveLine : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly bool _isShown = !Console.IsErrorRedirected;
    private readonly long _start = Stopwatch.GetTimestamp();
    private TimeSpan _next = Patience;
    private int _length;

    /// <summary>Shows what <paramref name="describe"/> says, where it is time to.</summary>
    public void Update(Func<string> describe)
    {
        if (_isShown && Stopwatch.GetElapsedTime(_start) is var elapsed && elapsed >= _next)
        {
            _next = elapsed + Interval;
            Write(describe());
        }
    }

    /// <summary>Clears the line.</summary>
    public void Dispose()
    {
        if (_length > 0)
        {
            Write("");
            Console.Error.Write('\r');
        }
    }

    // A line that wraps could not be written over.
    private void Write(string text)
    {
        text = text[..Math.Min(text.Length, Math.Max(1, Terminal.Progress.Profile.Width - 1))];
        Console.Error.Write('\r' + text.PadRight(_length));
        _length = text.Length;
    }
}
