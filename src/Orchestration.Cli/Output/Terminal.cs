using Spectre.Console;
using Spectre.Console.Rendering;

namespace Orchestration.Cli.Output;

/// <summary>The two streams to the person or script: colours and moving parts on terminals only, and never with NO_COLOR.</summary>
internal static class Terminal
{
    /// <summary>Wide enough that nothing wraps in a file or a pipe.</summary>
    private const int WidthWithoutTerminal = 160;

    /// <summary>A table squeezed into less says nothing any more; the terminal wraps its lines.</summary>
    private const int LeastWidth = 80;

    private static readonly bool ColoursWanted = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
    private static readonly IAnsiConsole Output = Create(Console.Out, Console.IsOutputRedirected, LeastWidth);

    /// <summary>Progress.</summary>
    public static IAnsiConsole Progress { get; } = Create(Console.Error, Console.IsErrorRedirected);

    /// <summary>Writes a table or grid to standard output.</summary>
    public static void Write(IRenderable content)
    {
        if (!Console.IsOutputRedirected)
        {
            Output.Write(content);
            return;
        }

        // Cells are filled up with blanks, which nobody wants in a file.
        using var text = new StringWriter();
        Create(text, redirected: true).Write(content);
        foreach (var line in text.ToString().TrimEnd().Split('\n'))
        {
            Console.WriteLine(line.TrimEnd());
        }
    }

    private static IAnsiConsole Create(TextWriter writer, bool redirected, int leastWidth = 1)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected || !ColoursWanted ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        console.Profile.Width = redirected ? WidthWithoutTerminal : Math.Max(leastWidth, console.Profile.Width);
        return console;
    }
}
