using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orchestration.DiskImages.Compression;

/// <content>The functions and structures of liblzma (lzma/base.h, lzma/container.h).</content>
public sealed partial class XzStream
{
    private const int Run = 0;
    private const int Finish = 3;

    [LibraryImport(Library, EntryPoint = "lzma_auto_decoder")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial Status CreateDecoder(ref DecoderState state, ulong memoryLimit, uint flags);

    [LibraryImport(Library, EntryPoint = "lzma_code")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial Status Decode(ref DecoderState state, int action);

    [LibraryImport(Library, EntryPoint = "lzma_end")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void EndDecoder(ref DecoderState state);

    [LibraryImport(Library, EntryPoint = "lzma_stream_buffer_decode")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial Status DecodeBuffer(
        ref ulong memoryLimit, uint flags, nint allocator, ReadOnlySpan<byte> source, ref nuint read, nuint length, Span<byte> destination, ref nuint written, nuint capacity);

    /// <summary>lzma_ret.</summary>
    private enum Status
    {
        Ok = 0,
        StreamEnd = 1,
        NoCheck = 2,
        UnsupportedCheck = 3,
        GetCheck = 4,
        OutOfMemory = 5,
        MemoryLimit = 6,
        NotXz = 7,
        UnsupportedOptions = 8,
        WrongData = 9,
        CutShort = 10,
        ProgramError = 11,
    }

    /// <summary>lzma_stream.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct DecoderState
    {
        public nint Input;
        public nuint InputLength;
        public ulong InputTotal;
        public nint Output;
        public nuint OutputLength;
        public ulong OutputTotal;
        public nint Allocator;
        public nint Internal;
        public nint Reserved0;
        public nint Reserved1;
        public nint Reserved2;
        public nint Reserved3;
        public ulong SeekPosition;
        public ulong Reserved4;
        public nuint Reserved5;
        public nuint Reserved6;
        public int Reserved7;
        public int Reserved8;
    }

    /// <summary>A decoder, whose memory is the library's and is freed even where nobody disposes of it.</summary>
    private sealed class Decoder : SafeHandleMinusOneIsInvalid
    {
        public DecoderState State;

        public Decoder()
            : base(ownsHandle: true)
        {
            var status = CreateDecoder(ref State, MostMemory, Concatenated);
            if (status != Status.Ok)
            {
                throw new InvalidOperationException($"liblzma could not make a decoder: {status}");
            }

            SetHandle(State.Internal);
        }

        protected override bool ReleaseHandle()
        {
            EndDecoder(ref State);
            return true;
        }
    }
}
