using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;

namespace Orchestration.EmbeddedRuntime.Triggers.Http;

/// <summary>
/// The keys that open HTTP functions and the durable API. Where no key is configured everything is open, which is allowed on
/// loopback only, as under <c>func start</c>. Where any is, a level without a key of its own opens to the admin key alone.
/// </summary>
internal sealed class AccessKeys
{
    private const string Section = "EmbeddedRuntime:Keys";
    private readonly string? _function;
    private readonly string? _admin;

    public AccessKeys(IConfiguration configuration, IPAddress address)
    {
        _function = NotEmpty(configuration[$"{Section}:Function"]);
        System = NotEmpty(configuration[$"{Section}:System"]);
        _admin = NotEmpty(configuration[$"{Section}:Admin"]);
        if (IsOpen && !IPAddress.IsLoopback(address))
        {
            throw new FunctionHostException(
                "keys.missing",
                Section,
                $"Listening on {address} needs keys: set {Section}:Function, :System and :Admin, or listen on a loopback address.");
        }
    }

    /// <summary>The key of the durable HTTP API; null where none is configured.</summary>
    public string? System { get; }

    /// <summary>Whether no key is configured at all.</summary>
    public bool IsOpen => _function is null && System is null && _admin is null;

    /// <summary>Whether the key in the request opens the level.</summary>
    public bool Allows(HttpRequest request, AuthorizationLevel level)
    {
        if (level == AuthorizationLevel.Anonymous || IsOpen)
        {
            return true;
        }

        var given = request.Headers["x-functions-key"] is [{ Length: > 0 } header] ? header : request.Query["code"].ToString();
        var required = level switch
        {
            AuthorizationLevel.System => System,
            AuthorizationLevel.Admin => null,
            _ => _function,
        };
        return Matches(given, required) | Matches(given, _admin);
    }

    private static bool Matches(string given, string? key)
        => key is not null && CryptographicOperations.FixedTimeEquals(Hash(given), Hash(key));

    // Hashed, so that the time of the comparison does not tell the key's length either.
    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static string? NotEmpty(string? key) => string.IsNullOrEmpty(key) ? null : key;
}
