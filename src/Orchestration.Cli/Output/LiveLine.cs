using System.Diagnostics;
using Spectre.Console;

namespace Orchestration.Cli.Output;

/// <summary>A line on the terminal that says how far something is, once it takes longer than a second; nothing where standard error is no terminal, or one that cannot go back in a line. Not thread-safe.</summary>
internal sealed class LiveLine : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly bool _isShown = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
    private readonly long _start = Stopwatch.GetTimestamp();
    private TimeSpan _next = Patience;
    private int _width;

    /// <summary>Shows what <paramref name="describe"/> says, where it is time to.</summary>
    public void Update(Func<string> describe)
    {
        if (_isShown && Stopwatch.GetElapsedTime(_start) is var elapsed && elapsed >= _next)
        {
            _next = elapsed + Interval;
            Write(describe());
        }
    }

    /// <summary>Writes a line that stays to standard error, in place of this one, which comes again below it.</summary>
    public void WriteAbove(string text)
    {
        Clear();
        Console.Error.WriteLine(text);
    }

    /// <summary>Clears the line.</summary>
    public void Dispose() => Clear();

    private void Clear()
    {
        if (_width > 0)
        {
            Console.Error.Write($"\r{new string(' ', _width)}\r");
            _width = 0;
        }
    }

    // A line that wraps could not be written over, and letters of some scripts are two columns wide.
    private void Write(string text)
    {
        var room = Math.Max(1, Terminal.Progress.Profile.Width - 1);
        while (text.GetCellWidth() > room)
        {
            text = text[..Math.Min(text.Length - 1, room)];
        }

        var width = text.GetCellWidth();
        Console.Error.Write($"\r{text}{new string(' ', Math.Max(0, _width - width))}");
        _width = width;
    }
}
