using System.Text;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Ssh;

/// <summary>
/// The effective configuration of <c>sshd</c>, by sshd_config(5): keywords without regard to case, the first value wins, included
/// files stand where their Include does, and what follows a Match line holds only for what it matches, up to the next one or the end of its file.
/// </summary>
internal sealed class SshdConfigurationReader(FactReader reader)
{
    public const string Main = "/etc/ssh/sshd_config";

    /// <summary>As sshd itself.</summary>
    private const int MaximumDepth = 16;

    private const int MaximumIncludes = 1_000;

    private const int MaximumBytes = 1 << 20;

    private static readonly string[] Programs = ["/usr/sbin/sshd", "/usr/bin/sshd"];

    private readonly List<string> _files = [];
    private int _includes;
    private readonly List<SshOption> _options = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<SshMatch> _matches = [];
    private readonly Dictionary<SshMatch, List<SshOption>> _matchOptions = new(ReferenceEqualityComparer.Instance);

    public static IReadOnlyList<string> Paths { get; } = [Main, "/etc/ssh/sshd_config.d/*.conf"];

    public static IReadOnlyList<string> HeaderPaths => Programs;

    public static SshFacts Read(FactReader reader)
    {
        var configuration = new SshdConfigurationReader(reader);
        configuration.ReadFile(Main, enclosing: null, depth: 0);
        var unset = SshDefaults.Values.Where(pair => !configuration._seen.Contains(pair.Key));
        return new SshFacts
        {
            Installed = Programs.Any(reader.Exists),
            ConfigurationFiles = configuration._files,
            Options = [.. configuration._options, .. unset.Select(pair => new SshOption(pair.Key, pair.Value, null, null, IsDefault: true))],
            Matches = configuration._matches,
            Warnings = reader.Warnings,
        };
    }

    private void ReadFile(string path, SshMatch? enclosing, int depth)
    {
        if (depth > MaximumDepth)
        {
            reader.Warn(path, $"expected includes at most {MaximumDepth} deep, found more; this one is not read");
            return;
        }

        if (reader.Text(path, MaximumBytes) is not { } text)
        {
            return;
        }

        _files.Add(path);
        var match = enclosing;
        foreach (var (number, line) in TextLines.Significant(text))
        {
            var words = SplitArguments(line);
            if (words.Count == 0)
            {
                continue;
            }

            var keyword = words[0].ToLowerInvariant();
            keyword = SshDefaults.Synonyms.GetValueOrDefault(keyword, keyword);
            var arguments = words.Skip(1);
            switch (keyword)
            {
                case "include":
                    Include(arguments, match, depth);
                    break;
                case "match":
                    match = BeginMatch(string.Join(' ', arguments), enclosing, path, number);
                    break;
                default:
                    Set(new SshOption(keyword, string.Join(' ', arguments), path, number, IsDefault: false), match);
                    break;
            }
        }
    }

    private void Include(IEnumerable<string> patterns, SshMatch? match, int depth)
    {
        foreach (var file in patterns.SelectMany(pattern => reader.Glob(GuestPath.Combine("/etc/ssh", pattern))))
        {
            if (++_includes <= MaximumIncludes)
            {
                ReadFile(file, match, depth + 1);
            }
            else if (_includes == MaximumIncludes + 1)
            {
                reader.Warn(file, $"expected at most {MaximumIncludes} included files, found more; the rest is not read");
            }
        }
    }

    /// <summary><c>Match all</c> ends the block before it; a block in a file that a block includes holds where both match.</summary>
    private SshMatch? BeginMatch(string criteria, SshMatch? enclosing, string file, int line)
    {
        if (criteria.Equals("all", StringComparison.OrdinalIgnoreCase))
        {
            return enclosing;
        }

        var options = new List<SshOption>();
        var block = new SshMatch(enclosing is null ? criteria : $"{enclosing.Criteria} and {criteria}", file, line, options);
        _matches.Add(block);
        _matchOptions.Add(block, options);
        return block;
    }

    private void Set(SshOption option, SshMatch? match)
    {
        if (match is not null)
        {
            _matchOptions[match].Add(option);
        }
        else if (_seen.Add(option.Keyword) || SshDefaults.Accumulating.Contains(option.Keyword))
        {
            _options.Add(option);
        }
    }

    /// <summary>Words between blanks, the first also ended by one <c>=</c>; double quotes hold blanks; <c>#</c> begins a comment.</summary>
    internal static IReadOnlyList<string> SplitArguments(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var quoted = false;
        var started = false;
        void End()
        {
            if (started)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            started = false;
        }

        foreach (var letter in line)
        {
            if (letter == '"')
            {
                quoted = !quoted;
                started = true;
            }
            else if (!quoted && letter == '#' && !started)
            {
                break;
            }
            else if (!quoted && (char.IsWhiteSpace(letter) || (letter == '=' && words.Count == (started ? 0 : 1))))
            {
                End();
            }
            else
            {
                word.Append(letter);
                started = true;
            }
        }

        End();
        return words;
    }
}
