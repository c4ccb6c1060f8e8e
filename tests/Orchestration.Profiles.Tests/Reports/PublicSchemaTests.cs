using Orchestration.TestSupport;

namespace Orchestration.Profiles.Tests.Reports;

/// <summary>Reports beside the schema that their format's own organisation publishes, by a validator that is not ours.</summary>
public sealed class PublicSchemaTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_file);

    [RequiresToolFact("node", "npm")]
    public async Task A_CycloneDx_bill_of_materials_is_valid()
    {
        await ValidateAsync(SampleReport.Write("cyclonedx"));
    }

    [RequiresToolFact("node", "npm")]
    public async Task The_validator_refuses_what_the_schema_does_not_know()
    {
        var wrong = SampleReport.Write("cyclonedx").Replace("\"purl\"", "\"packageUrl\"", StringComparison.Ordinal);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => ValidateAsync(wrong));

        Assert.Contains("must NOT have additional properties", failure.Message, StringComparison.Ordinal);
    }

    private async Task ValidateAsync(string report)
    {
        var folder = await NodePackages.EnsureAsync("report-schemas", Path.Combine("@cyclonedx", "cyclonedx-library", "package.json"));
        File.WriteAllText(_file, report);
        Tool.Run("node", Path.Combine(folder, "validate.js"), _file);
    }
}
