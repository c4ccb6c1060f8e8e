using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Languages.Documents;

/// <summary>An installed Python distribution: <c>METADATA</c> of a wheel's <c>.dist-info</c>, or <c>PKG-INFO</c> of an egg (Python packaging, "Core metadata").</summary>
internal static class PythonMetadata
{
    private const string LicenceClassifier = "License :: ";

    public static bool Matches(string path) =>
        path.EndsWith(".dist-info/METADATA", StringComparison.Ordinal) || path.EndsWith(".egg-info/PKG-INFO", StringComparison.Ordinal)
        || path.EndsWith("/EGG-INFO/PKG-INFO", StringComparison.Ordinal) || path.EndsWith(".egg-info", StringComparison.Ordinal);

    public static IEnumerable<LanguagePackage> Read(ScannedFile file)
    {
        string? name = null, version = null, expression = null, licence = null, classifier = null;
        foreach (var (_, line) in TextLines.Of(file.Text()).TakeWhile(line => line.Text.Length > 0))
        {
            // What begins with a blank continues the field before it; of those that matter none goes on.
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || char.IsWhiteSpace(line[0]))
            {
                continue;
            }

            var value = line[(colon + 1)..].Trim();
            switch (line[..colon].ToLowerInvariant())
            {
                case "name":
                    name ??= value;
                    break;
                case "version":
                    version ??= value;
                    break;
                case "license-expression":
                    expression ??= value;
                    break;
                case "license" when value is not ("UNKNOWN" or ""):
                    licence ??= value;
                    break;
                case "classifier" when value.StartsWith(LicenceClassifier, StringComparison.Ordinal):
                    classifier ??= value.Split(" :: ")[^1];
                    break;
            }
        }

        if (name is { Length: > 0 } && version is { Length: > 0 })
        {
            yield return new LanguagePackage("PyPI", name, version, file.Path) { Licence = expression ?? licence ?? classifier };
        }
    }
}
