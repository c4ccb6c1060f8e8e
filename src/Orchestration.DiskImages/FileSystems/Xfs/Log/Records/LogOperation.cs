using System.Buffers.Binary;

namespace Orchestration.DiskImages.FileSystems.Xfs.Log.Records;

/// <summary>Flags of an operation in a record (oh_flags).</summary>
[Flags]
internal enum LogOperationFlags
{
    None = 0,
    Start = 0x1,
    Commit = 0x2,

    /// <summary>The region goes on in the next record.</summary>
    Continue = 0x4,

    /// <summary>The region began in the record before.</summary>
    WasContinued = 0x8,
    End = 0x10,
    Unmount = 0x20,
}

/// <summary>One operation of a record: a part of a transaction (struct xlog_op_header and what follows).</summary>
internal readonly ref struct LogOperation
{
    public const int HeaderLength = 12;
    public const int UnmountFlag = (int)LogOperationFlags.Unmount;

    private LogOperation(uint transaction, LogOperationFlags flags, ReadOnlySpan<byte> region)
    {
        Transaction = transaction;
        Flags = flags;
        Region = region;
    }

    public uint Transaction { get; }

    public LogOperationFlags Flags { get; }

    public ReadOnlySpan<byte> Region { get; }

    /// <summary>Takes the first operation off the data of a record.</summary>
    public static LogOperation Take(ref ReadOnlySpan<byte> data, long at)
    {
        var length = data.Length < HeaderLength ? uint.MaxValue : BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        if (length > data.Length - HeaderLength)
        {
            throw XfsVolume.Corrupt(at, $"an operation of a log record has {length} bytes of {data.Length} left");
        }

        var operation = new LogOperation(
            BinaryPrimitives.ReadUInt32BigEndian(data), (LogOperationFlags)data[9], data.Slice(HeaderLength, (int)length));
        data = data[(HeaderLength + (int)length)..];
        return operation;
    }
}
