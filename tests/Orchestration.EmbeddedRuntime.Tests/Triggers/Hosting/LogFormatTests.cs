using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.Hosting;

public class LogFormatTests
{
    [Theory]
    [InlineData(null, ConsoleFormatterNames.Simple)]
    [InlineData("text", ConsoleFormatterNames.Simple)]
    [InlineData("JSON", ConsoleFormatterNames.Json)]
    public void The_console_is_for_people_unless_json_is_asked_for(string? format, string formatter)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["EmbeddedRuntime:LogFormat"] = format })
            .Build();
        using ServiceProvider services = new ServiceCollection()
            .AddLogging(logging => EmbeddedHost.AddLogging(logging, configuration))
            .BuildServiceProvider();

        Assert.Equal(formatter, services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName);
        Assert.Equal(
            formatter == ConsoleFormatterNames.Json,
            services.GetRequiredService<IOptions<JsonConsoleFormatterOptions>>().Value.IncludeScopes);
    }
}
