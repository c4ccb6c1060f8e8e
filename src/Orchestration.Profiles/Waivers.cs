using System.Globalization;
using System.IO.Enumeration;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Orchestration.Profiles;

/// <summary>Somebody's decision to live with a failed check for some time.</summary>
/// <param name="Check">The check's id.</param>
/// <param name="Reason">Why.</param>
/// <param name="Expires">The last day on which it holds.</param>
/// <param name="File">Guest path with <c>*</c> and <c>?</c> that every piece of evidence must be in; null for any.</param>
/// <param name="Image">Image with <c>*</c> and <c>?</c> that it holds for; null for every image.</param>
/// <param name="ApprovedBy">Who decided; null where not said.</param>
public sealed record Waiver(string Check, string Reason, DateOnly Expires, string? File = null, string? Image = null, string? ApprovedBy = null)
{
    /// <summary>Whether it is about this failure, be it expired or not.</summary>
    internal bool Covers(string check, Judgement judgement, string? image) =>
        Check == check
        && (Image is null || (image is not null && FileSystemName.MatchesSimpleExpression(Image, image, ignoreCase: false)))
        && (File is null || (judgement.Evidence.Count > 0 && judgement.Evidence.All(evidence =>
            evidence.File is not null && FileSystemName.MatchesSimpleExpression(File, evidence.File, ignoreCase: false))));

    /// <summary>The reason as a report gives it.</summary>
    internal string Describe() =>
        $"waived until {Expires:yyyy-MM-dd}{(ApprovedBy is null ? "" : $" by {ApprovedBy}")}: {Reason}";
}

/// <summary>A waiver file was not understood: what was expected, what was found, and where.</summary>
public sealed class WaiverException(long line, string message, Exception? innerException = null)
    : Exception($"line {line}: {message}", innerException)
{
    /// <summary>Counted from one.</summary>
    public long Line => line;
}

/// <summary>
/// A file of waivers in YAML, of which JSON is a part: <c>waivers:</c> and a list of <c>check</c>, <c>reason</c>, <c>expires</c>
/// (<c>yyyy-mm-dd</c>, the last day), and optionally <c>file</c>, <c>image</c> and <c>approved_by</c>. A waiver without an end is refused.
/// </summary>
public static class WaiverFile
{
    private const int MaximumLength = 1 << 20;

    private static readonly string[] Keys = ["check", "reason", "expires", "file", "image", "approved_by"];

    /// <exception cref="WaiverException">It is not such a file.</exception>
    public static IReadOnlyList<Waiver> Parse(string text)
    {
        if (text.Length > MaximumLength)
        {
            throw new WaiverException(1, $"expected at most {MaximumLength} characters, found {text.Length}");
        }

        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(text));
        }
        catch (YamlException exception)
        {
            throw new WaiverException(exception.Start.Line, $"expected YAML, found: {exception.Message}", exception);
        }

        var root = yaml.Documents.Count == 1 ? yaml.Documents[0].RootNode as YamlMappingNode : null;
        return root?.Children is { Count: 1 } members && members.First() is { Key: YamlScalarNode { Value: "waivers" }, Value: YamlSequenceNode list }
            ? [.. list.Children.Select(Read)]
            : throw new WaiverException(root?.Start.Line ?? 1, "expected one document with the one member 'waivers', a list");
    }

    private static Waiver Read(YamlNode node)
    {
        var members = (node as YamlMappingNode)?.Children.ToDictionary(
            member => (member.Key as YamlScalarNode)?.Value ?? "", member => (member.Value as YamlScalarNode)?.Value, StringComparer.Ordinal)
            ?? throw new WaiverException(node.Start.Line, "expected a waiver with check, reason and expires");
        if (members.Keys.FirstOrDefault(key => !Keys.Contains(key)) is { } unknown)
        {
            throw new WaiverException(node.Start.Line, $"expected one of {string.Join(", ", Keys)}, found '{unknown}'");
        }

        string Require(string key) => members.GetValueOrDefault(key) is { Length: > 0 } value
            ? value
            : throw new WaiverException(node.Start.Line, $"expected '{key}', found nothing");
        var check = Require("check");
        if (ProfileCatalog.Checks.All(known => known.Id != check))
        {
            throw new WaiverException(node.Start.Line, $"expected the id of a check, found '{check}'");
        }

        var expires = Require("expires");
        return DateOnly.TryParseExact(expires, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new Waiver(
                check, Require("reason"), day, members.GetValueOrDefault("file"), members.GetValueOrDefault("image"), members.GetValueOrDefault("approved_by"))
            : throw new WaiverException(node.Start.Line, $"expected a day as yyyy-mm-dd in 'expires', found '{expires}'");
    }
}
