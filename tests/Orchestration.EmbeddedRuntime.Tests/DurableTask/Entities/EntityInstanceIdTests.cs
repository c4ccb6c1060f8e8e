using System.Text.Json;
using Microsoft.DurableTask.Entities;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask.Entities;

public class EntityInstanceIdTests
{
    [Fact]
    public void The_name_ignores_case_and_the_key_does_not()
    {
        Assert.Equal(new EntityInstanceId("counter", "Key"), new EntityInstanceId("Counter", "Key"));
        Assert.NotEqual(new EntityInstanceId("counter", "key"), new EntityInstanceId("counter", "Key"));
    }

    [Theory]
    [InlineData("key")]
    [InlineData("")]
    [InlineData("with@sign")]
    public void Its_text_reads_back(string key)
    {
        var id = new EntityInstanceId("Counter", key);

        Assert.Equal($"@counter@{key}", id.ToString());
        Assert.Equal(id, EntityInstanceId.FromString(id.ToString()));
        Assert.Equal(id, JsonSerializer.Deserialize<EntityInstanceId>(JsonSerializer.Serialize(id)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a@b")]
    public void A_name_is_neither_empty_nor_has_it_an_at_sign(string name) =>
        Assert.Throws<ArgumentException>(() => new EntityInstanceId(name, "key"));

    [Theory]
    [InlineData("")]
    [InlineData("counter")]
    [InlineData("@counter")]
    [InlineData("@@key")]
    public void Other_texts_are_refused(string text) => Assert.Throws<ArgumentException>(() => EntityInstanceId.FromString(text));

    [Fact]
    public void Other_json_is_refused_as_json() => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<EntityInstanceId>("3"));
}
