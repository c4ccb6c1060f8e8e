namespace Orchestration.TestSupport;

/// <summary>Encrypts with qemu-img, which first measures how fast this machine derives keys.</summary>
public static class QemuEncryption
{
    private const int Attempts = 50;

    /// <summary>What opens the images.</summary>
    public const string Passphrase = "secret";

    /// <summary>Converts a raw disk; the options name the secret <c>s</c>, which is <see cref="Passphrase"/>.</summary>
    public static void Convert(string format, string options, string disk, string image)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Tool.Run("qemu-img", "convert", "--object", $"secret,id=s,data={Passphrase}", "-f", "raw", "-O", format, "-o", options, disk, image);
                return;
            }
            catch (InvalidOperationException exception) when (attempt < Attempts && exception.Message.Contains("accurate CPU usage", StringComparison.Ordinal))
            {
                // On a busy machine the measurement fails now and then.
            }
        }
    }
}
