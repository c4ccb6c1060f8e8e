using System.Globalization;
using System.Text;

namespace Orchestration.DiskImages.Volumes.Lvm.Metadata;

/// <summary>Parses LVM's text metadata: <c>name = value</c>, <c>name { … }</c>, lists and comments. The text is hostile.</summary>
internal sealed class LvmTextParser
{
    private const int MaximumDepth = 16;

    private readonly string _text;
    private int _position;

    private LvmTextParser(string text) => _text = text;

    /// <exception cref="DiskImageException">The text breaks the grammar.</exception>
    public static LvmSection Parse(string text)
    {
        var parser = new LvmTextParser(text);
        var root = new LvmSection("");
        parser.ReadSection(root, 0);
        return root;
    }

    private void ReadSection(LvmSection section, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw Fail($"sections are nested deeper than {MaximumDepth}");
        }

        while (true)
        {
            SkipSpace();
            if (_position == _text.Length || Current == '}')
            {
                if (depth == 0 != (_position == _text.Length))
                {
                    throw Fail(depth == 0 ? "a section ends that did not begin" : $"the section {section.Path} does not end");
                }

                _position++;
                return;
            }

            ReadMember(section, depth);
        }
    }

    private void ReadMember(LvmSection section, int depth)
    {
        var name = ReadName();
        SkipSpace();
        if (TryTake('{'))
        {
            var child = new LvmSection(section.Path.Length == 0 ? name : $"{section.Path}/{name}");
            ReadSection(child, depth + 1);
            section.Set(name, child);
        }
        else if (TryTake('='))
        {
            SkipSpace();
            section.Set(name, TryTake('[') ? ReadList() : ReadScalar());
        }
        else
        {
            throw Fail($"'{name}' is followed by neither a value nor a section");
        }
    }

    private List<object> ReadList()
    {
        var list = new List<object>();
        SkipSpace();
        while (!TryTake(']'))
        {
            list.Add(ReadScalar());
            SkipSpace();
            if (!TryTake(',') && (_position == _text.Length || Current != ']'))
            {
                throw Fail("a list goes on without a comma");
            }

            SkipSpace();
        }

        return list;
    }

    private object ReadScalar()
    {
        if (TryTake('"'))
        {
            return ReadString();
        }

        var start = _position;
        while (_position < _text.Length && !char.IsWhiteSpace(Current) && Current is not (',' or ']' or '}' or '#'))
        {
            _position++;
        }

        var word = _text.AsSpan(start, _position - start);
        return long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : word.Length > 0 ? word.ToString()
            : throw Fail("a value is missing");
    }

    private string ReadString()
    {
        var value = new StringBuilder();
        while (_position < _text.Length)
        {
            var next = _text[_position++];
            if (next == '"')
            {
                return value.ToString();
            }

            value.Append(next == '\\' && _position < _text.Length ? _text[_position++] : next);
        }

        throw Fail("a text does not end");
    }

    private string ReadName()
    {
        var start = _position;
        while (_position < _text.Length && (char.IsAsciiLetterOrDigit(Current) || Current is '_' or '-' or '.' or '+' or '/' or '@'))
        {
            _position++;
        }

        return _position > start ? _text[start.._position] : throw Fail($"expected a name, found '{Current}'");
    }

    private void SkipSpace()
    {
        while (_position < _text.Length && (char.IsWhiteSpace(Current) || Current is '#' or '\0'))
        {
            if (Current == '#')
            {
                var end = _text.IndexOf('\n', _position);
                _position = end < 0 ? _text.Length : end;
            }
            else
            {
                _position++;
            }
        }
    }

    private char Current => _text[_position];

    private bool TryTake(char expected)
    {
        if (_position < _text.Length && Current == expected)
        {
            _position++;
            return true;
        }

        return false;
    }

    private DiskImageException Fail(string rule) => LvmSection.Corrupt($"the metadata text, character {_position}: {rule}");
}
