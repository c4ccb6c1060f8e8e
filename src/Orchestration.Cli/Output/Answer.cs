using System.Text.Json;
using Orchestration.Protocol;

namespace Orchestration.Cli.Output;

/// <summary>What a command was asked for, on standard output: a JSON document for scripts, or words for people.</summary>
internal static class Answer
{
    public static void Write<T>(T answer, bool asJson, Action<T> forPeople)
    {
        if (asJson)
        {
            WriteJson(answer);
        }
        else
        {
            forPeople(answer);
        }
    }

    public static void WriteJson<T>(T answer) => Console.WriteLine(JsonSerializer.Serialize(answer, ProtocolJson.Indented));
}
