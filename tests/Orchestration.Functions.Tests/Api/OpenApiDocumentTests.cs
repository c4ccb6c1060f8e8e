using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestration.Functions.Api;
using Orchestration.TestSupport;

namespace Orchestration.Functions.Tests.Api;

public partial class OpenApiDocumentTests
{
    private static readonly JsonElement Document = JsonDocument.Parse(OpenApiDocument.Json).RootElement;

    /// <summary>Routes as the sources spell them, which is another way to them than the one that the document is made by.</summary>
    public static TheoryData<string, string> Routes
    {
        get
        {
            var routes = new TheoryData<string, string>();
            foreach (var file in Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src", "Orchestration.Functions", "Triggers"), "*.cs", SearchOption.AllDirectories))
            {
                foreach (Match trigger in Trigger().Matches(File.ReadAllText(file)))
                {
                    foreach (Match method in Method().Matches(trigger.Groups["methods"].Value).Where(_ => !trigger.Groups["route"].Value.Contains("{*", StringComparison.Ordinal)))
                    {
                        routes.Add(trigger.Groups["route"].Value, method.Groups[1].Value);
                    }
                }
            }

            return routes;
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public void Every_route_is_described(string route, string method)
    {
        var operation = Document.GetProperty("paths").GetProperty($"/{route}").GetProperty(method);

        Assert.NotEqual(0, operation.GetProperty("summary").GetString()!.Length);
        var expected = Parameter().Matches(route).Select(match => match.Groups[1].Value);
        var found = operation.TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == "path").Select(parameter => parameter.GetProperty("name").GetString()!)
            : [];
        Assert.Equal(expected, found);
    }

    [Fact]
    public void The_root_is_described_as_a_path_without_parameters() =>
        Assert.False(Document.GetProperty("paths").GetProperty("/").GetProperty("get").TryGetProperty("parameters", out _));

    [Fact]
    public void Nothing_is_described_that_is_not_there() =>
        Assert.Empty(ApiDescriptions.All.Keys.Except(HttpFunction.All.Select(function => function.Name)));

    [Fact]
    public void Every_reference_leads_to_something()
    {
        var references = Reference().Matches(OpenApiDocument.Json).Select(match => match.Groups[1].Value).Where(name => name.StartsWith("components", StringComparison.Ordinal)).Distinct().ToList();

        Assert.NotEmpty(references);
        Assert.All(references, reference =>
        {
            var place = Document;
            foreach (var segment in reference.Split('/'))
            {
                place = place.GetProperty(segment);
            }
        });
    }

    [Fact]
    public void The_fields_of_an_answer_are_those_of_its_type()
    {
        var view = Document.GetProperty("components").GetProperty("schemas").GetProperty("JobView").GetProperty("properties");

        Assert.Equal(
            typeof(Protocol.Service.JobView).GetProperties().Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name)).Order(StringComparer.Ordinal),
            view.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("""HttpTrigger\(AuthorizationLevel\.\w+, (?<methods>(?:"\w+", )+)Route = "(?<route>[^"]+)"\)""")]
    private static partial Regex Trigger();

    [GeneratedRegex("\"(\\w+)\"")]
    private static partial Regex Method();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Parameter();

    [GeneratedRegex("\"\\$ref\": \"#/([^\"]+)\"")]
    private static partial Regex Reference();
}
