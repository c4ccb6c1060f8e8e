using Orchestration.EndToEnd.Tests.Support;
using Orchestration.TestSupport;

namespace Orchestration.EndToEnd.Tests.Commands;

/// <summary>What people see on a terminal while a command is at work: the command runs under a pseudo-terminal.</summary>
public sealed class TerminalTests
{
    [RequiresToolTheory("script", "stty")]
    [InlineData(40)]
    [InlineData(120)]
    public async Task A_check_that_takes_long_says_how_far_it_is_in_one_line_that_fits_and_is_gone_in_the_end(int columns)
    {
        await using var blob = await SlowBlob.StartAsync(SampleImage.Path);

        var shown = Run(columns, "xterm", "image", "check", blob.Url).Split('\r');

        var moving = shown.Where(line => line.Contains(" files: /dev/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(moving);
        Assert.All(moving, line => Assert.InRange(line.Length, 10, columns - 1));
        Assert.All(moving, line => Assert.DoesNotContain('\n', line));
        Assert.Matches("^[0-9]+ files read, 0 damages", shown[^2]);
        Assert.True(string.IsNullOrWhiteSpace(shown[^3]), shown[^3]);
    }

    [RequiresToolFact("script", "stty")]
    public async Task A_terminal_that_cannot_go_back_in_a_line_shows_the_result_alone()
    {
        await using var blob = await SlowBlob.StartAsync(SampleImage.Path);

        Assert.Matches("^[0-9]+ files read, 0 damages, 0 warnings\r\n$", Run(80, "dumb", "image", "check", blob.Url));
    }

    private static string Run(int columns, string terminal, params string[] arguments) => Tool.Run(
        "env", [$"TERM={terminal}", "script", "-qec", $"stty cols {columns}; exec dotnet '{BuiltPrograms.Command}' {string.Join(' ', arguments)}", "/dev/null"]);
}
