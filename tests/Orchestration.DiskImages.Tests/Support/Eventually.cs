namespace Orchestration.DiskImages.Tests.Support;

/// <summary>Waits for what happens in the background.</summary>
internal static class Eventually
{
    /// <summary>Returns once the condition holds; gives up after a time that only a hang takes.</summary>
    public static async Task HoldsAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(1, limit.Token);
        }
    }
}
