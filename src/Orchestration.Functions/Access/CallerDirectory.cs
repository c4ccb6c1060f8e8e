using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Orchestration.Functions.Access;

/// <summary>Knows callers by their keys. Safe for concurrent use.</summary>
public sealed class CallerDirectory
{
    private readonly List<(byte[] Digest, Caller Caller)> _callers;

    public CallerDirectory(IOptions<AccessOptions> options) => _callers = [.. options.Value.Keys.Select(key => (DigestOf(key.Key, key.Value), CallerOf(key.Key, key.Value)))];

    /// <summary>Whether requests need a key of this app's own, whatever else the host asks for.</summary>
    public bool AsksForKeys => _callers.Count > 0;

    /// <summary>The sender of a request; null for one without a key that is known.</summary>
    /// <param name="request">
    /// With the key in the header <c>x-functions-key</c> or the parameter <c>code</c>, which the Functions host looks at too, or in
    /// <c>x-access-key</c>, where the host is to be given another.
    /// </param>
    public Caller? Find(HttpRequest request)
    {
        if (!AsksForKeys)
        {
            return Caller.Anybody;
        }

        var given = Given(request);
        if (given.Length == 0)
        {
            return null;
        }

        // All are compared, each in constant time, so that the time tells nothing of the keys.
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(given));
        Caller? found = null;
        foreach (var (known, caller) in _callers)
        {
            found = CryptographicOperations.FixedTimeEquals(digest, known) ? caller : found;
        }

        return found;
    }

    private static string Given(HttpRequest request) =>
        request.Headers["x-access-key"] is [{ Length: > 0 } own] ? own
        : request.Headers["x-functions-key"] is [{ Length: > 0 } header] ? header
        : request.Query["code"].ToString();

    private static Caller CallerOf(string name, AccessKey key) => new(name, key.Role, string.IsNullOrEmpty(key.Namespace) ? null : key.Namespace);

    private static byte[] DigestOf(string name, AccessKey key)
    {
        if (key.Value is { Length: > 0 } value)
        {
            return SHA256.HashData(Encoding.UTF8.GetBytes(value));
        }

        return key.Sha256 is { Length: 64 } digits && digits.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(digits)
            : throw new InvalidOperationException($"The key '{name}' of {AccessOptions.Section}:Keys needs a Value, or its Sha256 in 64 hexadecimal digits.");
    }
}
