using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Orchestration.Functions.Images;
using Orchestration.Functions.Storage;
using Orchestration.Protocol;

namespace Orchestration.Functions.Tests.Images;

public class ImageLocatorTests
{
    [Theory]
    [InlineData("images/web01.qcow2", "images", "web01.qcow2")]
    [InlineData("/images/web01.qcow2", "images", "web01.qcow2")]
    [InlineData("images/lab/web 01.qcow2", "images", "lab/web 01.qcow2")]
    [InlineData("images-inbox/a", "images-inbox", "a")]
    [InlineData("http://127.0.0.1:10000/devstoreaccount1/images/lab/a.qcow2", "images", "lab/a.qcow2")]
    [InlineData("http://127.0.0.1:10000/devstoreaccount1/images/web%2001.qcow2", "images", "web 01.qcow2")]
    public void Paths_in_allowed_containers_are_found(string path, string container, string name) =>
        Assert.Equal(new ImageLocation(container, name), Locator().Locate(path));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("images")]
    [InlineData("images/")]
    [InlineData("images//a")]
    [InlineData("//images/a")]
    [InlineData("images/../state/claims/a.json")]
    [InlineData("images/a/..")]
    [InlineData("images/./a")]
    [InlineData("images/a\\..\\b")]
    [InlineData("images/a?sv=2024&sig=x")]
    [InlineData("images/a#b")]
    [InlineData("images/a\nb")]
    [InlineData("results/job/result.json")]
    [InlineData("Images/a")]
    [InlineData("https://127.0.0.1:10000/devstoreaccount1/images/a")]
    [InlineData("http://127.0.0.1:10001/devstoreaccount1/images/a")]
    [InlineData("http://evil@127.0.0.1:10000/devstoreaccount1/images/a")]
    [InlineData("http://127.0.0.1:10000/another/images/a")]
    [InlineData("http://127.0.0.1:10000/devstoreaccount1/results/a")]
    [InlineData("http://127.0.0.1:10000/devstoreaccount1/images/../results/a")]
    [InlineData("http://127.0.0.1:10000/devstoreaccount1/images/%2e%2e/results/a")]
    [InlineData("http://127.0.0.1:10000/devstoreaccount1/images/..%2fresults/a")]
    [InlineData("http://127.0.0.1:10000/devstoreaccount1/images/a?sig=secret")]
    [InlineData("http://169.254.169.254/metadata")]
    [InlineData("file:///etc/passwd")]
    public void Everything_else_is_refused(string path) =>
        Assert.Equal(ErrorCodes.PathNotAllowed, Assert.Throws<JobException>(() => Locator().Locate(path)).Code);

    [Fact]
    public void A_signature_in_a_refused_URL_is_not_repeated()
    {
        var refusal = Assert.Throws<JobException>(() => Locator().Locate("http://127.0.0.1:10000/devstoreaccount1/images/a?sig=secret"));

        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("base.qcow2", "lab/base.qcow2")]
    [InlineData("golden/base.qcow2", "lab/golden/base.qcow2")]
    public void A_backing_file_lies_beside_the_image(string name, string expected) =>
        Assert.Equal(
            new ImageLocation("images", expected), ImageLocator.LocateBackingFile(new ImageLocation("images", "lab/web01.qcow2"), name));

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../base.qcow2")]
    [InlineData("../../state/claims/a.json")]
    [InlineData("json:{\"driver\":\"file\"}")]
    [InlineData("nbd://example.org/disk")]
    [InlineData("http://example.org/disk")]
    [InlineData("")]
    public void A_backing_file_elsewhere_is_refused(string name) =>
        Assert.Throws<JobException>(() => ImageLocator.LocateBackingFile(new ImageLocation("images", "lab/web01.qcow2"), name));

    private static ImageLocator Locator()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("AzureWebJobsStorage", "UseDevelopmentStorage=true")])
            .Build();
        return new ImageLocator(Options.Create(new ImageOptions()), new StorageAccounts(configuration));
    }
}
