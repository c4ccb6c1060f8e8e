using System.Net;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.TestSupport;

namespace Orchestration.EndToEnd.Tests.Guests;

[Collection(RunningService.Collection)]
public class EncryptedImageTests(RunningService service)
{
    private const string Image = "images/encrypted.qcow2";

    [RequiresToolFact("qemu-img")]
    public async Task An_encrypted_image_is_inspected_with_a_key_of_the_service_that_the_document_names()
    {
        await UploadEncryptedAsync();

        var opened = await service.RunAsync(With("inspect-with-keys", "other", "WEB"));
        var closed = await service.RunAsync(With("inspect-without-keys"));

        Assert.Equal("completed", opened.Status);
        Assert.Equal(SampleImage.Packages.Count, opened.Data!.Value.GetProperty("packages").GetInt32());
        Assert.Equal(("failed", ErrorCodes.ImageUnsupported), (closed.Status, closed.Error?.Code));
        Assert.DoesNotContain(QemuEncryption.Passphrase, (await service.GetArtifactAsync("inspect-with-keys", "inspection.json")).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_the_service_does_not_have_is_refused_by_its_place()
    {
        var response = await service.SubmitAsync(With("inspect-unknown-key", "web", "nobody's"));

        var problem = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("/payload/data/image/keys/1", problem, StringComparison.Ordinal);
        Assert.Contains(ErrorCodes.PayloadInvalid, problem, StringComparison.Ordinal);
    }

    private static JsonObject With(string jobId, params string[] keys)
    {
        var job = Jobs.Inspect(jobId, Image);
        job["payload"]!["data"]!["image"]!["keys"] = new JsonArray([.. keys.Select(key => JsonValue.Create(key))]);
        return job;
    }

    private async Task UploadEncryptedAsync()
    {
        var folder = Directory.CreateTempSubdirectory("orchestration-encrypted-");
        try
        {
            var (disk, image) = (Path.Combine(folder.FullName, "disk"), Path.Combine(folder.FullName, "image"));
            Tool.Run("qemu-img", "convert", "-O", "raw", SampleImage.Path, disk);
            QemuEncryption.Convert("qcow2", "encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10", disk, image);
            await service.UploadAsync("images", "encrypted.qcow2", image);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
