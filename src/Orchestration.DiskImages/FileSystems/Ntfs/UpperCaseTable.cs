using System.Runtime.InteropServices;

namespace Orchestration.DiskImages.FileSystems.Ntfs;

/// <summary>Compares names as the volume's own table of upper-case letters ($UpCase) says.</summary>
internal sealed class UpperCaseTable(byte[] table) : IEqualityComparer<string>
{
    /// <summary>An entry for each of the 65,536 characters.</summary>
    public const int Length = 128 * 1024;

    private readonly char[] _upper = MemoryMarshal.Cast<byte, char>(table).ToArray();

    public bool Equals(string? x, string? y)
    {
        if (x is null || y is null || x.Length != y.Length)
        {
            return x is null && y is null;
        }

        for (var index = 0; index < x.Length; index++)
        {
            if (ToUpper(x[index]) != ToUpper(y[index]))
            {
                return false;
            }
        }

        return true;
    }

    public int GetHashCode(string obj)
    {
        var hash = new HashCode();
        foreach (var letter in obj)
        {
            hash.Add(ToUpper(letter));
        }

        return hash.ToHashCode();
    }

    private char ToUpper(char letter) => letter < _upper.Length ? _upper[letter] : letter;
}
