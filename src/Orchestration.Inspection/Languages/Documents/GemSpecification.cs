using System.Text.RegularExpressions;

namespace Orchestration.Inspection.Languages.Documents;

/// <summary>
/// A gem's specification as RubyGems writes it on installation, in <c>specifications</c> and <c>specifications/default</c>: Ruby, of which only assignments of
/// quoted texts are understood, which is what <c>Gem::Specification#to_ruby</c> makes.
/// </summary>
internal static partial class GemSpecification
{
    private const string Separators = ", ";

    public static bool Matches(string path) =>
        path.EndsWith(".gemspec", StringComparison.Ordinal) && (path.Split('/') is [.., "specifications", _] or [.., "specifications", "default", _]);

    public static IEnumerable<LanguagePackage> Read(ScannedFile file)
    {
        string? name = null, version = null, licence = null;
        foreach (Match assignment in Assignment().Matches(file.Text()))
        {
            var texts = assignment.Groups["text"].Captures.Select(text => text.Value);
            switch (assignment.Groups["member"].Value)
            {
                case "name":
                    name ??= texts.FirstOrDefault();
                    break;
                case "version":
                    version ??= texts.FirstOrDefault();
                    break;
                default:
                    licence ??= string.Join(Separators, texts);
                    break;
            }
        }

        if (name is not null && version is not null)
        {
            yield return new LanguagePackage("RubyGems", name, version, file.Path) { Licence = licence };
        }
    }

    [GeneratedRegex("""^[ \t]{0,16}\w{1,16}\.(?<member>name|version|licenses?) = (?:Gem::Version\.new\()?\[?(?:"(?<text>[^"\r\n\\]{1,200})"(?:\.freeze)?(?:, )?){1,16}""", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Assignment();
}
