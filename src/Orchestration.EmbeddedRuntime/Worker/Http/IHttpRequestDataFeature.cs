using Microsoft.Azure.Functions.Worker.Http;

namespace Microsoft.Azure.Functions.Worker.Http
{
    /// <summary>Gives an invocation started by HTTP its request.</summary>
    public interface IHttpRequestDataFeature
    {
        ValueTask<HttpRequestData?> GetHttpRequestDataAsync(FunctionContext context);
    }
}

namespace Microsoft.Azure.Functions.Worker
{
    /// <summary>The request and response of an invocation started by HTTP, for middleware.</summary>
    public static class FunctionContextHttpRequestExtensions
    {
        /// <summary>Null where the invocation was not started by HTTP.</summary>
        public static ValueTask<HttpRequestData?> GetHttpRequestDataAsync(this FunctionContext context)
        {
            ArgumentNullException.ThrowIfNull(context);
            return context.Features.Get<IHttpRequestDataFeature>()?.GetHttpRequestDataAsync(context)
                ?? ValueTask.FromResult<HttpRequestData?>(null);
        }

        /// <summary>What the function returned, if that is a response of this kind.</summary>
        public static HttpResponseData? GetHttpResponseData(this FunctionContext context)
            => context.GetInvocationResult().Value as HttpResponseData;
    }
}
