using Microsoft.AspNetCore.Http;

namespace Orchestration.Functions.Access;

/// <summary>Who sent a request.</summary>
/// <param name="Name">The name of the key; null where keys are not asked for.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Namespace">The only namespace that it may do it in; null for all.</param>
public sealed record Caller(string? Name, AccessRole Role, string? Namespace)
{
    /// <summary>Whoever sends a request where no keys are configured.</summary>
    public static Caller Anybody { get; } = new(null, AccessRole.Submit, null);

    /// <summary>The sender of a request that was let in.</summary>
    public static Caller Of(HttpRequest request) => request.HttpContext.Features.Get<Caller>() ?? Anybody;

    /// <summary>Whether jobs of a namespace are this caller's to see.</summary>
    public bool MaySee(string? jobNamespace) => Namespace is null || string.Equals(Namespace, jobNamespace, StringComparison.Ordinal);
}
