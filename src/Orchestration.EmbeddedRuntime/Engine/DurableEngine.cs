using Microsoft.Extensions.Options;

namespace Orchestration.EmbeddedRuntime.Engine;

/// <summary>The durable engine of one process.</summary>
internal sealed class DurableEngine(IOptions<EmbeddedDurableOptions> options)
{
    public EmbeddedDurableOptions Options { get; } = options.Value;
}
