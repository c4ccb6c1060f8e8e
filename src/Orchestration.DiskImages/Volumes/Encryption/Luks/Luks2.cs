using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Orchestration.DiskImages.FileSystems.Signatures;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Volumes.Encryption.Luks;

/// <summary>Version 2 of the header: two copies of a binary part and JSON. Rules: LUKS2 On-Disk Format Specification 1.1.1.</summary>
internal static class Luks2
{
    private const int BinaryLength = 4096;
    private const int ChecksumOffset = 448;
    private const int ChecksumLength = 64;
    private const int SmallestHeader = 16 * 1024;
    private const int LargestHeader = 4 * 1024 * 1024;
    private const int MaximumJsonDepth = 32;

    public static LuksHeader Read(IByteSource source)
    {
        var copies = new List<(ulong Sequence, string Uuid, byte[] Json)>();
        var problems = new List<string>();

        // The second copy lies where the first one ends; where that is damaged, it is at one of the places where it can be.
        for (var offset = 0; offset <= LargestHeader; offset = offset == 0 ? SmallestHeader : offset * 2)
        {
            if (TryReadCopy(source, offset, problems) is { } copy)
            {
                copies.Add(copy);
            }
        }

        if (copies.Count == 0)
        {
            throw LuksHeader.Corrupt(0, $"neither copy of the header is sound: {string.Join("; ", problems)}");
        }

        var (_, uuid, json) = copies.MaxBy(copy => copy.Sequence);
        try
        {
            using var document = JsonDocument.Parse(json.AsMemory(0, Math.Max(0, json.AsSpan().IndexOf((byte)0))), new JsonDocumentOptions { MaxDepth = MaximumJsonDepth });
            return Parse(uuid, document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new DiskImageException(DiskImageError.Corrupt, LuksHeader.Layer, BinaryLength, $"the JSON area breaks the rules: {exception.Message}", exception);
        }
    }

    private static (ulong Sequence, string Uuid, byte[] Json)? TryReadCopy(IByteSource source, int offset, List<string> problems)
    {
        if (offset > source.Length - BinaryLength)
        {
            return null;
        }

        var head = source.ReadBytes(offset, BinaryLength);
        var hasMagic = head.AsSpan().StartsWith(offset == 0 ? "LUKS"u8 : "SKUL"u8) && head[4] == 0xba && head[5] == 0xbe;
        if (!hasMagic || BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(6)) != 2)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(8));
        if (length is < SmallestHeader or > LargestHeader || offset > source.Length - length || BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(256)) != offset)
        {
            problems.Add($"the one at {offset} has {length} bytes, or belongs elsewhere");
            return null;
        }

        var json = source.ReadBytes(offset + BinaryLength, (int)length - BinaryLength);
        var expected = head.AsSpan(ChecksumOffset, ChecksumLength).ToArray();
        head.AsSpan(ChecksumOffset, ChecksumLength).Clear();
        var hash = KeyDerivation.FindHash(Signature.ReadText(head.AsSpan(72, 32)) ?? "");
        byte[] found = CryptographicOperations.HashData(hash, [.. head, .. json]);
        if (!expected.AsSpan().StartsWith(found))
        {
            problems.Add($"the one at {offset} has a wrong checksum");
            return null;
        }

        return (BinaryPrimitives.ReadUInt64BigEndian(head.AsSpan(16)), Signature.ReadText(head.AsSpan(168, 40)) ?? "", json);
    }

    private static LuksHeader Parse(string uuid, JsonElement root)
    {
        if (root.GetProperty("config").TryGetProperty("requirements", out var requirements)
            && requirements.TryGetProperty("mandatory", out var mandatory)
            && mandatory.GetArrayLength() > 0)
        {
            throw Unsupported($"the volume requires {string.Join(", ", mandatory.EnumerateArray().Select(item => item.GetString()))}");
        }

        var segments = root.GetProperty("segments").EnumerateObject().ToList();
        if (segments is not [var segment] || segment.Value.GetProperty("type").GetString() != "crypt")
        {
            throw Unsupported($"{segments.Count} segments of {string.Join(", ", segments.Select(item => item.Value.GetProperty("type").GetString()))}; one of type crypt is known");
        }

        if (segment.Value.TryGetProperty("integrity", out _))
        {
            throw Unsupported("the volume has authenticated encryption");
        }

        var sectorSize = segment.Value.GetProperty("sector_size").GetInt32();
        var size = segment.Value.GetProperty("size").GetString();
        return new LuksHeader
        {
            Uuid = uuid,
            Cipher = Text(segment.Value, "encryption"),
            DataOffset = Number(segment.Value, "offset"),
            DataLength = size == "dynamic" ? null : Number(segment.Value, "size"),
            SectorSize = sectorSize is 512 or 1024 or 2048 or 4096 ? sectorSize : throw LuksHeader.Corrupt(BinaryLength, $"sectors of {sectorSize} bytes"),
            FirstSector = Number(segment.Value, "iv_tweak"),
            KeySlots = [.. ReadSlots(root, segment.Name)],
        };
    }

    private static IEnumerable<KeySlot> ReadSlots(JsonElement root, string segment)
    {
        var digests = root.GetProperty("digests").EnumerateObject()
            .Select(digest => digest.Value)
            .Where(digest => digest.GetProperty("segments").EnumerateArray().Any(item => item.GetString() == segment))
            .ToList();
        foreach (var slot in root.GetProperty("keyslots").EnumerateObject())
        {
            var digest = digests.FirstOrDefault(candidate => candidate.GetProperty("keyslots").EnumerateArray().Any(item => item.GetString() == slot.Name));
            if (digest.ValueKind == JsonValueKind.Object && slot.Value.GetProperty("type").GetString() == "luks2")
            {
                yield return ReadSlot(slot.Value, new KeyDigest(ReadPbkdf2(digest), digest.GetProperty("digest").GetBytesFromBase64()));
            }
        }
    }

    private static KeySlot ReadSlot(JsonElement slot, KeyDigest digest)
    {
        var area = slot.GetProperty("area");
        var splitter = slot.GetProperty("af");
        return new KeySlot(
            slot.GetProperty("key_size").GetInt32(),
            ReadDerivation(slot.GetProperty("kdf")),
            Text(area, "encryption"),
            area.GetProperty("key_size").GetInt32(),
            Number(area, "offset"),
            splitter.GetProperty("stripes").GetInt32(),
            Text(splitter, "hash"),
            digest);
    }

    private static KeyDerivation ReadDerivation(JsonElement kdf) => Text(kdf, "type") switch
    {
        "pbkdf2" => ReadPbkdf2(kdf),
        var type and ("argon2i" or "argon2id") => new Argon2Derivation(
            type == "argon2id",
            kdf.GetProperty("time").GetInt64(),
            kdf.GetProperty("memory").GetInt64(),
            kdf.GetProperty("cpus").GetInt64(),
            kdf.GetProperty("salt").GetBytesFromBase64()),
        var type => throw Unsupported($"the key derivation is {type}; pbkdf2, argon2i and argon2id are known"),
    };

    private static Pbkdf2Derivation ReadPbkdf2(JsonElement kdf) =>
        new(Text(kdf, "hash"), kdf.GetProperty("iterations").GetInt64(), kdf.GetProperty("salt").GetBytesFromBase64());

    private static string Text(JsonElement owner, string name) => owner.GetProperty(name).GetString() ?? "";

    /// <summary>64-bit numbers are texts in this format's JSON.</summary>
    private static long Number(JsonElement owner, string name) =>
        long.Parse(owner.GetProperty(name).GetString() ?? "", NumberStyles.None, CultureInfo.InvariantCulture);

    private static DiskImageException Unsupported(string rule) => new(DiskImageError.Unsupported, LuksHeader.Layer, BinaryLength, rule);
}
