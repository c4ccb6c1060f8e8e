using System.Text;
using System.Text.Json;
using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Languages;

/// <summary>A file that may name packages, read within what the whole search may read.</summary>
internal sealed class ScannedFile(WalkedFile file, ScanBudget budget)
{
    private const int MaximumDocumentBytes = 32 << 20;

    public string Path => file.Path;

    public bool IsExecutable => file.IsExecutable;

    public ScanBudget Budget => budget;

    /// <summary>The content, for reading here and there; the reader takes what it reads off the budget.</summary>
    public GuestContent Open() => file.Open();

    /// <summary>The whole file as text.</summary>
    /// <exception cref="InspectionException">Larger than a document is, or unreadable.</exception>
    public string Text() => Encoding.UTF8.GetString(Bytes());

    /// <summary>The whole file as JSON.</summary>
    /// <exception cref="InspectionException">It is no JSON, larger than a document is, or unreadable.</exception>
    public JsonDocument Json()
    {
        try
        {
            var bytes = Bytes().AsMemory();
            var start = bytes.Span.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
            return JsonDocument.Parse(bytes[start..], new JsonDocumentOptions { MaxDepth = 256, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        }
        catch (JsonException exception)
        {
            throw new InspectionException(InspectionError.FileUnreadable, Path, $"expected JSON, found: {exception.Message}", exception);
        }
    }

    private byte[] Bytes()
    {
        var content = Open();
        if (content.Length > MaximumDocumentBytes)
        {
            throw new InspectionException(InspectionError.FileTooLarge, Path, $"expected at most {MaximumDocumentBytes} bytes, found {content.Length}");
        }

        budget.Take(content.Length);
        return content.ReadBytes(0, (int)content.Length);
    }
}

/// <summary>What a search may still read. Safe for concurrent use.</summary>
internal sealed class ScanBudget(long maximumBytes)
{
    private long _taken;

    public bool IsSpent => Volatile.Read(ref _taken) > maximumBytes;

    /// <exception cref="InspectionException">More was read than the search may read.</exception>
    public void Take(long count)
    {
        if (Interlocked.Add(ref _taken, count) > maximumBytes)
        {
            throw new InspectionException(InspectionError.FileTooLarge, "/", $"expected at most {maximumBytes} bytes in files that name packages, found more");
        }
    }
}
