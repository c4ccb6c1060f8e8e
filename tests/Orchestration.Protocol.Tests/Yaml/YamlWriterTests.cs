using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.Protocol.Yaml;

namespace Orchestration.Protocol.Tests.Yaml;

public class YamlWriterTests
{
    [Theory]
    [InlineData("""{"a":null,"b":true,"c":-1.5e3,"d":[],"e":{},"f":[[1],[{"x":"y"}]]}""")]
    [InlineData("""["","~","null","TRUE","yes","no","on","1","-1","1.5","0x1F","1e3",".5","2026-03-01","=","<<"," x","x ","- x","a: b","#x","x #y","'","\"","&a","*a","!t","%d","@x","`x","|",">","{","["]""")]
    [InlineData("""["two\nlines\n","\ttab","\u0000\u001f","päng 火 🚀","a\r\nb","\u2028","\u0085","---","..."]""")]
    [InlineData("""{"":1,"a b":2,"yes":3,"7":4,"a: b":5,"x\ny":6}""")]
    [InlineData("\"text\"")]
    [InlineData("7")]
    public void What_is_written_is_read_back_the_same(string json)
    {
        var yaml = YamlWriter.Write(JsonDocument.Parse(json).RootElement);

        var read = Encoding.UTF8.GetString(YamlReader.ToJson(yaml).Span);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(read)), Encoding.UTF8.GetString(yaml));
    }

    [Fact]
    public void A_long_name_is_read_back_the_same()
    {
        var json = new JsonObject { [new string('k', 5000)] = new string('v', 5000) };

        var yaml = YamlWriter.Write(JsonSerializer.SerializeToElement(json));

        Assert.True(JsonNode.DeepEquals(json, JsonNode.Parse(YamlReader.ToJson(yaml).Span)));
    }

    [Fact]
    public void People_find_a_plain_document() => Assert.Equal(
        "hostname: web01\npackages:\n- name: bash\n  version: \"5.2\"\n  essential: true\n",
        Encoding.UTF8.GetString(YamlWriter.Write(JsonDocument.Parse(
            """{"hostname":"web01","packages":[{"name":"bash","version":"5.2","essential":true}]}""").RootElement)));
}
