namespace Orchestration.DiskImages.Fuzz;

/// <summary>A sound image to be damaged.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Bytes">The stored image.</param>
/// <param name="Repair">Makes checksums right again after damage, so that the parsers behind them are reached; null where there are none.</param>
public sealed record SeedImage(string Name, byte[] Bytes, Action<byte[]>? Repair = null);
