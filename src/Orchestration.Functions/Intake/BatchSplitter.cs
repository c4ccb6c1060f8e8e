using System.Buffers;

namespace Orchestration.Functions.Intake;

/// <summary>Finds where the documents of a batch end, byte by byte.</summary>
/// <param name="maximumBytes">Bytes kept of a document; what goes beyond is left out.</param>
internal sealed class BatchSplitter(int maximumBytes)
{
    private readonly ArrayBufferWriter<byte> _document = new();
    private Form _form = Form.Unknown;
    private int _depth;
    private bool _inString;
    private bool _escaped;

    private enum Form
    {
        Unknown,
        Lines,
        Array,
        AfterArray,
    }

    /// <summary>Takes the next byte.</summary>
    /// <returns>The document that ends with it; null where none does.</returns>
    public ReadOnlyMemory<byte>? Take(byte next)
    {
        switch (_form)
        {
            case Form.Unknown:
                Begin(next);
                return null;
            case Form.Lines:
                return next == '\n' ? TakeDocument() : Keep(next);
            case Form.Array:
                return TakeOfArray(next);
            default:
                // Whatever follows the array is no document, and is given out so that it is refused.
                return Keep(next);
        }
    }

    /// <summary>What is left at the end; null where nothing is. Of an array without an end, its opening is left, which is refused.</summary>
    public ReadOnlyMemory<byte>? End() => TakeDocument() ?? (_form == Form.Array ? (ReadOnlyMemory<byte>?)new byte[] { (byte)'[' } : null);

    private static bool IsWhiteSpace(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    private void Begin(byte next)
    {
        if (next == '[')
        {
            _form = Form.Array;
        }
        else if (!IsWhiteSpace(next))
        {
            _form = Form.Lines;
            Keep(next);
        }
    }

    private ReadOnlyMemory<byte>? TakeOfArray(byte next)
    {
        if (_inString)
        {
            _inString = next != '"' || _escaped;
            _escaped = next == '\\' && !_escaped;
            return Keep(next);
        }

        switch (next)
        {
            case (byte)'"':
                _inString = true;
                return Keep(next);
            case (byte)'{' or (byte)'[':
                _depth++;
                return Keep(next);
            case (byte)']' when _depth == 0:
                _form = Form.AfterArray;
                return TakeDocument();
            case (byte)'}' or (byte)']':
                _depth = Math.Max(0, _depth - 1);
                return Keep(next);
            case (byte)',' when _depth == 0:
                return TakeDocument();
            default:
                return Keep(next);
        }
    }

    private ReadOnlyMemory<byte>? Keep(byte next)
    {
        if (_document.WrittenCount < maximumBytes && (_document.WrittenCount > 0 || !IsWhiteSpace(next)))
        {
            _document.Write([next]);
        }

        return null;
    }

    private ReadOnlyMemory<byte>? TakeDocument()
    {
        if (_document.WrittenCount == 0)
        {
            return null;
        }

        var document = _document.WrittenSpan.ToArray();
        _document.Clear();
        return document;
    }
}
