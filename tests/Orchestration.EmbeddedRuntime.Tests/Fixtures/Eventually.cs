namespace Orchestration.EmbeddedRuntime.Tests.Fixtures;

/// <summary>Waits for what cannot be awaited.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> condition, CancellationToken cancellation)
    {
        while (!await condition())
        {
            await Task.Delay(5, cancellation);
        }
    }
}
