using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Volumes;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Volumes.Encryption;

/// <summary>Volumes that cryptsetup and qemu-img encrypted give back what went in.</summary>
public sealed class LuksTests : IDisposable
{
    private const int PlainLength = 4 * 1024 * 1024;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolTheory("cryptsetup", "mke2fs")]
    [InlineData("--pbkdf argon2id --pbkdf-force-iterations 4 --pbkdf-memory 1024 --pbkdf-parallel 2")]
    [InlineData("--pbkdf argon2i --pbkdf-force-iterations 4 --pbkdf-memory 1024 --sector-size 4096")]
    [InlineData("--pbkdf pbkdf2 --pbkdf-force-iterations 1000 --cipher aes-cbc-plain64 --key-size 128 --hash sha512")]
    [InlineData("--pbkdf pbkdf2 --pbkdf-force-iterations 1000 --cipher aes-cbc-essiv:sha256 --key-size 256 --hash sha1")]
    public void A_volume_of_version_2_holds_what_cryptsetup_encrypted(string options)
    {
        var plain = EncryptWithCryptsetup(options);

        AssertHolds(plain, Open("wrong", "secret"));
    }

    [RequiresToolFact("qemu-img", "mke2fs")]
    public void A_volume_of_version_1_holds_what_qemu_img_encrypted()
    {
        const string Options = "cipher-alg=aes-128,cipher-mode=cbc,ivgen-alg=essiv,ivgen-hash-alg=sha256,hash-alg=sha512";
        var plain = MakePlain();
        QemuEncryption.Convert("luks", $"key-secret=s,iter-time=10,{Options}", _folder["plain"], _folder["disk"]);

        AssertHolds(plain, Open("secret"));
    }

    [RequiresToolFact("cryptsetup", "mke2fs")]
    public void Without_the_right_key_a_volume_is_encrypted_by_name()
    {
        EncryptWithCryptsetup("--pbkdf pbkdf2 --pbkdf-force-iterations 1000");

        var closed = Assert.Single(Open().Volumes);
        Assert.Equal(("crypto_LUKS", "encrypted"), (closed.Identity?.Type, closed.Problem));
        Assert.Contains("no key that was given opens it", Assert.Single(Open("wrong").Volumes).Problem, StringComparison.Ordinal);
    }

    [RequiresToolFact("cryptsetup", "mke2fs")]
    public void The_second_copy_of_a_header_is_used_where_the_first_is_damaged()
    {
        var plain = EncryptWithCryptsetup("--pbkdf pbkdf2 --pbkdf-force-iterations 1000");
        using (var disk = File.OpenWrite(_folder["disk"]))
        {
            disk.Position = 4096 + 10;
            disk.WriteByte((byte)'x');
        }

        AssertHolds(plain, Open("secret"));
    }

    [RequiresToolFact("cryptsetup", "mke2fs")]
    public void A_key_slot_that_asks_for_too_much_memory_is_refused()
    {
        EncryptWithCryptsetup("--pbkdf argon2id --pbkdf-force-iterations 4 --pbkdf-memory 1024");
        var source = new MemoryByteSource(File.ReadAllBytes(_folder["disk"]));
        LuksHeaders.Rewrite(source.Bytes, "\"memory\":1024", "\"memory\":99999999");

        var volume = Assert.Single(VolumeStack.Open([source], new GivenKeys("secret")).Volumes);

        Assert.Contains("passes of Argon2", volume.Problem, StringComparison.Ordinal);
    }

    [RequiresToolTheory("cryptsetup")]
    [InlineData("luks1")]
    [InlineData("luks2")]
    public void A_detached_header_is_named_and_not_taken_for_a_volume(string type)
    {
        _folder.CreateSparse("header", 32 * 1024 * 1024);
        _folder.CreateSparse("disk", 32 * 1024 * 1024);
        Tool.Run("cryptsetup", ["-q", "luksFormat", "--type", type, "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000", "--header", _folder["header"], _folder["disk"], "-"], "secret");

        var volume = Assert.Single(VolumeStack.Open([new MemoryByteSource(File.ReadAllBytes(_folder["header"]))], new GivenKeys("secret")).Volumes);

        Assert.Equal("crypto_LUKS", volume.Identity?.Type);
        Assert.Contains("detached", volume.Problem, StringComparison.Ordinal);
    }

    [RequiresToolTheory("cryptsetup", "mke2fs")]
    [InlineData("\"encryption\":\"aes-xts-plain64\"", "\"encryption\":\"serpent-xts-plain64\"", "serpent-xts-plain64")]
    [InlineData("\"config\":{", "\"config\":{\"requirements\":{\"mandatory\":[\"online-reencrypt-v2\"]},", "online-reencrypt-v2")]
    [InlineData("\"segments\":{", "\"segments\":{\"7\":{\"type\":\"linear\",\"offset\":\"0\",\"size\":\"dynamic\"},", "2 segments of")]
    [InlineData("\"segments\":{\"0\":{", "\"segments\":{\"0\":{\"integrity\":{\"type\":\"hmac(sha256)\",\"journal_encryption\":\"none\",\"journal_integrity\":\"none\"},", "authenticated encryption")]
    [InlineData("\"type\":\"pbkdf2\"", "\"type\":\"scrypt\"", "scrypt")]
    public void What_cannot_be_decrypted_is_refused_by_name(string old, string replacement, string name)
    {
        EncryptWithCryptsetup("--pbkdf pbkdf2 --pbkdf-force-iterations 1000");
        var source = new MemoryByteSource(File.ReadAllBytes(_folder["disk"]));
        LuksHeaders.Rewrite(source.Bytes, old, replacement);

        var volume = Assert.Single(VolumeStack.Open([source], new GivenKeys("secret")).Volumes);

        Assert.Equal("crypto_LUKS", volume.Identity?.Type);
        Assert.Contains(name, volume.Problem, StringComparison.Ordinal);
    }

    private byte[] MakePlain()
    {
        Tool.Run("mke2fs", "-q", "-t", "ext4", "-b", "4096", _folder["plain"], "4M");
        var plain = File.ReadAllBytes(_folder["plain"]);
        new Random(3).NextBytes(plain.AsSpan(PlainLength - 500_000));
        File.WriteAllBytes(_folder["plain"], plain);
        return plain;
    }

    // Encryption in place needs no device mapper. The content moves back by half of what the volume is made smaller.
    private byte[] EncryptWithCryptsetup(string options)
    {
        var plain = MakePlain();
        File.WriteAllText(_folder["key"], "secret");
        File.Copy(_folder["plain"], _folder["disk"]);
        using (var disk = File.OpenWrite(_folder["disk"]))
        {
            disk.SetLength(36 * 1024 * 1024);
        }

        Tool.Run(
            "cryptsetup",
            ["reencrypt", "-q", "--encrypt", "--type", "luks2", "--key-file", _folder["key"], "--reduce-device-size", "32M", .. options.Split(' '), _folder["disk"]]);
        return plain;
    }

    private VolumeStack Open(params string[] keys)
    {
        using var source = new FileByteSource(_folder["disk"]);
        return VolumeStack.Open([new MemoryByteSource(source.ReadBytes(0, (int)source.Length))], keys.Length == 0 ? null : new GivenKeys(keys));
    }

    private static void AssertHolds(byte[] plain, VolumeStack stack)
    {
        var volume = stack.Volumes.Single(candidate => candidate.Kind == VolumeKind.Decrypted);
        Assert.Equal("ext4", volume.Identity?.Type);
        Assert.NotNull(volume.Content);
        Assert.True(plain.AsSpan().SequenceEqual(volume.Content.ReadBytes(0, PlainLength)), "the content as a whole");
        foreach (var (offset, length) in (ReadOnlySpan<(int, int)>)[(1, 1), (511, 2), (4095, 4098), (PlainLength - 300_001, 300_000)])
        {
            Assert.Equal(plain[offset..(offset + length)], volume.Content.ReadBytes(offset, length));
        }
    }
}
