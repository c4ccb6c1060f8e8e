namespace Orchestration.Inspection.Firewalls.Openings;

/// <summary>A statement of a chain: its words, of which a list in braces is one word with commas.</summary>
internal sealed record NftablesStatement(IReadOnlyList<string> Words, string File, int Line);

/// <summary>Tables, chains and sets of nftables scripts, nft(8): blocks, and the commands <c>add chain</c> and <c>add rule</c>, with what they include and define.</summary>
internal sealed class NftablesScript
{
    private const int MaximumFiles = 200;

    private const int MaximumStatements = 50_000;

    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly FactReader _reader;
    private int _files;
    private int _statements;

    public NftablesScript(FactReader reader, string file)
    {
        _reader = reader;
        Include(file);
    }

    /// <summary>Statements of chains, by table and chain as <c>inet filter input</c>.</summary>
    public Dictionary<string, List<NftablesStatement>> Chains { get; } = new(StringComparer.Ordinal);

    /// <summary>Elements of named sets, by table and name.</summary>
    public Dictionary<string, string> Sets { get; } = new(StringComparer.Ordinal);

    private void Include(string pattern)
    {
        foreach (var file in pattern.StartsWith('/') ? _reader.Glob(pattern) : [])
        {
            if (++_files > MaximumFiles)
            {
                _reader.WarnUnreadable(file, $"expected at most {MaximumFiles} included files, found more");
                return;
            }

            if (_reader.Text(file) is { } text)
            {
                using var tokens = NftablesTokens.Split(text).GetEnumerator();
                ReadBlock(tokens, [], file);
            }
        }
    }

    /// <summary>Reads statements up to the brace that closes the block, which <paramref name="owner"/> names.</summary>
    private void ReadBlock(IEnumerator<NftablesToken> tokens, string[] owner, string file)
    {
        var words = new List<string>();
        var line = 0;
        while (tokens.MoveNext())
        {
            var (text, number) = tokens.Current;
            line = words.Count == 0 ? number : line;
            switch (text)
            {
                case ";":
                    Complete(words, owner, file, line);
                    words.Clear();
                    break;
                case "}":
                    Complete(words, owner, file, line);
                    return;
                case "{" when owner.Length == 0 && words is ["table", ..] or ["add" or "create", "table", ..]:
                    ReadBlock(tokens, Family(words.SkipWhile(word => word != "table").Skip(1)), file);
                    words.Clear();
                    break;
                case "{" when owner.Length == 2 && words is ["chain" or "set" or "map", _]:
                    ReadBlock(tokens, [.. owner, words[1], words[0]], file);
                    words.Clear();
                    break;
                case "{" when owner.Length == 0 && words is ["add" or "create", "chain", ..]:
                    ReadBlock(tokens, [.. Family(words.Skip(2).SkipLast(1)), words[^1], "chain"], file);
                    words.Clear();
                    break;
                case "{":
                    words.Add(ReadList(tokens));
                    break;
                default:
                    words.Add(text);
                    break;
            }
        }

        Complete(words, owner, file, line);
    }

    /// <summary>A table without a family is one of <c>ip</c>.</summary>
    private static string[] Family(IEnumerable<string> words) => words.ToArray() switch
    {
        [var family, var name, ..] => [family, name],
        [var name] => ["ip", name],
        _ => ["ip", ""],
    };

    private static string ReadList(IEnumerator<NftablesToken> tokens)
    {
        var items = new System.Text.StringBuilder();
        for (var depth = 1; depth > 0 && tokens.MoveNext();)
        {
            var text = tokens.Current.Text;
            depth += text switch { "{" => 1, "}" => -1, _ => 0 };
            if (text is not ("{" or "}" or ";"))
            {
                items.Append(text);
            }
        }

        return items.ToString();
    }

    private void Complete(List<string> words, string[] owner, string file, int line)
    {
        if (words.Count == 0 || ++_statements > MaximumStatements)
        {
            return;
        }

        List<string> known = [.. words.Select(word => word.StartsWith('$') && _variables.TryGetValue(word[1..], out var value) ? value : word)];
        switch (known)
        {
            case ["include", var pattern]:
                Include(pattern);
                break;
            case ["define" or "redefine", var name, "=", ..]:
                _variables[name] = string.Concat(known.Skip(3));
                break;
            case ["add" or "insert", "rule", var family, var table, var chain, ..]:
                Add($"{family} {table} {chain}", known.Skip(5), file, line);
                break;
            case ["elements", "=", ..] when owner is [var family, var table, var name, not "chain"]:
                Sets[$"{family} {table} {name}"] = string.Concat(known.Skip(2));
                break;
            default:
                if (owner is [var ownFamily, var ownTable, var ownChain, "chain"])
                {
                    Add($"{ownFamily} {ownTable} {ownChain}", known, file, line);
                }

                break;
        }
    }

    private void Add(string chain, IEnumerable<string> words, string file, int line) =>
        (Chains.TryGetValue(chain, out var statements) ? statements : Chains[chain] = []).Add(new NftablesStatement([.. words], file, line));
}
