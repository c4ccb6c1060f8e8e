namespace Orchestration.Profiles.Vulnerabilities;

/// <summary>The base score of a CVSS 3.0 or 3.1 vector (FIRST, CVSS v3.1 specification, section 7.1).</summary>
public static class Cvss
{
    /// <summary>0.0 to 10.0; null where the text is no such vector, or lacks one of the eight base metrics.</summary>
    public static double? BaseScore(string vector)
    {
        if (!vector.StartsWith("CVSS:3.", StringComparison.Ordinal) || vector.Length > 200)
        {
            return null;
        }

        var metrics = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in vector.Split('/')[1..])
        {
            if (part.Split(':') is [var name, var value])
            {
                metrics[name] = value;
            }
        }

        string Of(string name) => metrics.GetValueOrDefault(name, "");
        var isChanged = Of("S") == "C";
        double?[] weights =
        [
            Of("AV") switch { "N" => 0.85, "A" => 0.62, "L" => 0.55, "P" => 0.2, _ => null },
            Of("AC") switch { "L" => 0.77, "H" => 0.44, _ => null },
            Of("PR") switch { "N" => 0.85, "L" => isChanged ? 0.68 : 0.62, "H" => isChanged ? 0.5 : 0.27, _ => null },
            Of("UI") switch { "N" => 0.85, "R" => 0.62, _ => null },
            Impact(Of("C")),
            Impact(Of("I")),
            Impact(Of("A")),
        ];
        if (Of("S") is not ("U" or "C") || weights.Any(weight => weight is null))
        {
            return null;
        }

        var w = weights.Select(weight => weight.GetValueOrDefault()).ToArray();
        var subscore = 1 - ((1 - w[4]) * (1 - w[5]) * (1 - w[6]));
        var impact = isChanged ? (7.52 * (subscore - 0.029)) - (3.25 * Math.Pow(subscore - 0.02, 15)) : 6.42 * subscore;
        var exploitability = 8.22 * w[0] * w[1] * w[2] * w[3];
        return impact <= 0 ? 0 : RoundUp(Math.Min(isChanged ? 1.08 * (impact + exploitability) : impact + exploitability, 10));
    }

    /// <summary>The qualitative rating of section 5.</summary>
    public static Severity Rate(double score) => score switch
    {
        >= 9 => Severity.Critical,
        >= 7 => Severity.High,
        >= 4 => Severity.Medium,
        > 0 => Severity.Low,
        _ => Severity.Info,
    };

    private static double? Impact(string value) => value switch { "H" => 0.56, "L" => 0.22, "N" => 0, _ => null };

    /// <summary>Appendix A: integers, so that every machine rounds alike.</summary>
    private static double RoundUp(double score)
    {
        var scaled = (int)Math.Round(score * 100_000);
        return scaled % 10_000 == 0 ? scaled / 100_000.0 : ((scaled / 10_000) + 1) / 10.0;
    }
}
