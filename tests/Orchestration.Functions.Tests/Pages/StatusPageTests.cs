using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.Functions.Pages;

namespace Orchestration.Functions.Tests.Pages;

public partial class StatusPageTests
{
    /// <summary>What would make text of a job or an image part of the page's code.</summary>
    private static readonly string[] Dangers = ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "localStorage", "document.cookie"];

    [Fact]
    public async Task Nothing_is_loaded_from_elsewhere()
    {
        var (_, page) = await GetAsync();

        Assert.DoesNotMatch(Loading(), page);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_service_says_is_never_taken_for_markup_or_code()
    {
        var (_, page) = await GetAsync();

        Assert.All(Dangers, danger => Assert.DoesNotContain(danger, page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_element_that_the_script_asks_for_is_there_once()
    {
        var (_, page) = await GetAsync();
        var ids = Id().Matches(page).Select(match => match.Groups[1].Value).ToList();

        Assert.Equal(ids.Distinct(), ids);
        Assert.Empty(AskedFor().Matches(page).Select(match => match.Groups[1].Value).Except(ids));
    }

    [Fact]
    public async Task A_browser_that_has_the_page_gets_it_no_second_time()
    {
        var (first, _) = await GetAsync();
        var (second, page) = await GetAsync(first.Headers.ETag.ToString());

        Assert.Equal(StatusCodes.Status304NotModified, second.StatusCode);
        Assert.Equal("", page);
    }

    private static async Task<(HttpResponse Response, string Page)> GetAsync(string? known = null)
    {
        var http = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        http.Request.Method = HttpMethods.Get;
        http.Request.Headers.IfNoneMatch = known;
        using var body = new MemoryStream();
        http.Response.Body = body;
        await StatusPage.Answer(http.Response).ExecuteAsync(http);
        return (http.Response, System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }

    [GeneratedRegex("""\bsrc=|url\(|@import|\bimport\(|\bstyle="|\bon[a-z]+=" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Loading();

    [GeneratedRegex("""\bid="([^"]+)" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Id();

    [GeneratedRegex("""\bat\('([^']+)'\)""")]
    private static partial Regex AskedFor();
}
