namespace Microsoft.DurableTask.Client.Entities;

/// <summary>Which entities to list.</summary>
public record EntityQuery
{
    public const int DefaultPageSize = 100;

    private readonly string? _instanceIdStartsWith;

    /// <summary>The beginning of <c>@name@key</c>; the first '@' may be missing, and case counts in the key only. Null: any.</summary>
    public string? InstanceIdStartsWith
    {
        get => _instanceIdStartsWith;
        init
        {
            if (value is null)
            {
                _instanceIdStartsWith = null;
                return;
            }

            string prefix = value.StartsWith('@') ? value : $"@{value}";
            int separator = prefix.IndexOf('@', 1);
            int nameEnd = separator < 0 ? prefix.Length : separator;
            _instanceIdStartsWith = prefix[..nameEnd].ToLowerInvariant() + prefix[nameEnd..];
        }
    }

    /// <summary>Not modified before this time.</summary>
    public DateTimeOffset? LastModifiedFrom { get; init; }

    /// <summary>Not modified after this time.</summary>
    public DateTimeOffset? LastModifiedTo { get; init; }

    /// <summary>Whether states are read too.</summary>
    public bool IncludeState { get; init; } = true;

    /// <summary>Whether entities without state, which may be locked or have messages waiting, are listed too.</summary>
    public bool IncludeTransient { get; init; }

    /// <summary>The most entities on a page; null: <see cref="DefaultPageSize"/>.</summary>
    public int? PageSize { get; init; }

    /// <summary>Where to begin; null: at the beginning.</summary>
    public string? ContinuationToken { get; init; }
}
