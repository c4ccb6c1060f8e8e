using Microsoft.AspNetCore.Http;
using Orchestration.Protocol;

namespace Orchestration.Functions.Triggers.Http;

/// <summary>Answers in the protocol's JSON.</summary>
public static class Answers
{
    public static IResult Json<T>(T body, int statusCode = StatusCodes.Status200OK) =>
        Results.Json(body, ProtocolJson.Indented, statusCode: statusCode);
}
