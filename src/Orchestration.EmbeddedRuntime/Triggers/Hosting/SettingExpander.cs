using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Orchestration.EmbeddedRuntime.Triggers.Hosting;

/// <summary>Replaces <c>%NAME%</c> in trigger attributes by the setting of that name.</summary>
internal sealed partial class SettingExpander(IConfiguration configuration)
{
    /// <param name="text">The attribute's value.</param>
    /// <param name="location">The function, for the error.</param>
    /// <exception cref="FunctionHostException">There is no such setting.</exception>
    public string Expand(string text, string location)
        => Reference().Replace(text, match => configuration[match.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal)]
            ?? throw new FunctionHostException(
                "setting.missing", location, $"'{text}' needs the setting '{match.Groups[1].Value}', which is not set."));

    [GeneratedRegex("%([^%]+)%", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();
}
