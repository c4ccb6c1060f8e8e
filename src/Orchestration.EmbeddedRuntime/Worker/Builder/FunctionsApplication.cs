namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Where a Functions app begins.</summary>
#pragma warning disable CA1052 // The package's class is not static.
public class FunctionsApplication
#pragma warning restore CA1052
{
    /// <param name="args">
    /// Command line; <c>--port</c> and <c>--address</c> say where to listen, others become configuration. With <c>replay FILE…</c> the host
    /// runs exported histories against the orchestrators instead of serving, and the exit code tells whether they were repeated.
    /// </param>
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(args);
}
