using System.Net;
using System.Net.Sockets;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Sources;

/// <summary>What a real blob service answers now and then, in place of the answer of the emulator.</summary>
public sealed class BlobFaultTests : IAsyncLifetime
{
    private const int Length = 300_000;

    private readonly byte[] _content = SlowFetcher.CreatePattern(Length);
    private readonly Faults _faults = new();
    private BlobContainerClient _container = new(new Uri("http://127.0.0.1/none"));

    public async Task InitializeAsync()
    {
        var options = new BlobClientOptions { Transport = new HttpClientTransport(_faults), Retry = { Delay = TimeSpan.FromMilliseconds(10), MaxRetries = 4 } };
        _container = new BlobServiceClient((await Azurite.Shared).ConnectionString, options).GetBlobContainerClient("faults-" + Guid.NewGuid().ToString("N"));
        await _container.CreateAsync();
    }

    public async Task DisposeAsync()
    {
        await _container.DeleteAsync();
        _faults.Dispose();
    }

    [Theory]
    [InlineData(503, "ServerBusy")]
    [InlineData(500, "OperationTimedOut")]
    public async Task A_service_that_is_busy_for_a_moment_is_asked_again(int status, string code)
    {
        using var source = await OpenAsync();
        _faults.Answer(2, () => new HttpResponseMessage((HttpStatusCode)status) { Headers = { { "x-ms-error-code", code } } });

        Assert.Equal(_content, source.ReadBytes(0, Length));
    }

    [Fact]
    public async Task A_connection_that_breaks_within_an_answer_is_made_again()
    {
        using var source = await OpenAsync();
        _faults.BreakNextAnswerAfter(70_000);

        Assert.Equal(_content, source.ReadBytes(0, Length));
    }

    [Theory]
    [InlineData(409, "BlobArchived", "archive tier")]
    [InlineData(403, "AuthenticationFailed", "403 AuthenticationFailed")]
    [InlineData(503, "ServerBusy", "503 ServerBusy")]
    public async Task A_service_that_refuses_is_unavailable_and_says_why(int status, string code, string rule)
    {
        using var source = await OpenAsync();
        _faults.Answer(100, () => new HttpResponseMessage((HttpStatusCode)status) { Headers = { { "x-ms-error-code", code } } });

        var exception = Assert.Throws<DiskImageException>(() => source.ReadBytes(0, 10));

        _faults.Answer(0, () => new HttpResponseMessage());
        Assert.Equal(DiskImageError.Unavailable, exception.Error);
        Assert.Contains(rule, exception.Rule, StringComparison.Ordinal);
    }

    private async Task<BlobByteSource> OpenAsync()
    {
        var blob = _container.GetBlobClient("image");
        await blob.UploadAsync(new BinaryData(_content));
        return await BlobByteSource.OpenAsync(blob);
    }

    private sealed class Faults() : DelegatingHandler(new SocketsHttpHandler())
    {
        private Func<HttpResponseMessage> _answer = () => new HttpResponseMessage();
        private int _answers;
        private int _breakAfter;

        public void Answer(int times, Func<HttpResponseMessage> answer) => (_answer, _answers) = (answer, times);

        public void BreakNextAnswerAfter(int bytes) => _breakAfter = bytes;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Interlocked.Decrement(ref _answers) >= 0)
            {
                return _answer();
            }

            var response = await base.SendAsync(request, cancellationToken);
            if (Interlocked.Exchange(ref _breakAfter, 0) is > 0 and var length)
            {
                var content = new StreamContent(new BrokenStream((await response.Content.ReadAsByteArrayAsync(cancellationToken))[..length]));
                foreach (var header in response.Content.Headers)
                {
                    content.Headers.TryAddWithoutValidation(header.Key, header.Value);
                }

                response.Content = content;
            }

            return response;
        }
    }

    private sealed class BrokenStream(byte[] start) : MemoryStream(start)
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            base.Read(buffer, offset, count) is > 0 and var read ? read : throw new IOException("the connection was reset", new SocketException((int)SocketError.ConnectionReset));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.Run(() => Read(buffer, offset, count), cancellationToken);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var bytes = new byte[buffer.Length];
            var read = Read(bytes, 0, bytes.Length);
            bytes.AsSpan(0, read).CopyTo(buffer.Span);
            return ValueTask.FromResult(read);
        }
    }
}
