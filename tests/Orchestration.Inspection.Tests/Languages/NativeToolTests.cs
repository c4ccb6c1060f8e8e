using System.IO.Compression;
using System.Text.Json;
using Orchestration.GuestFixtures;
using Orchestration.Inspection.Languages;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.Languages;

/// <summary>What is found, beside what each language's own tool says of the same files.</summary>
public sealed class NativeToolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("languages-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [RequiresToolFact("python3")]
    public void Python_distributions_are_those_that_importlib_lists()
    {
        // A wheel as pip leaves it, an old egg, and one whose text goes on over several lines.
        Write("site/wheel_one-1.2.dist-info/METADATA", "Metadata-Version: 2.3\nName: Wheel.One\nVersion: 1.2\nLicense-Expression: MIT AND BSD-3-Clause\nRequires-Dist: other>=1\n\n# Wheel\nVersion: 9\n");
        Write("site/old_egg-0.9.egg-info", "Metadata-Version: 1.0\nName: old-egg\nVersion: 0.9\nLicense: BSD\nDescription: one\n        Name: not this\n");
        Write("site/dir_egg.egg-info/PKG-INFO", "Metadata-Version: 2.1\nName: dir_egg\nVersion: 3.0rc1\n");
        var listed = Tool.Run("python3", "-c", """
            import importlib.metadata, sys
            for d in importlib.metadata.distributions(path=[sys.argv[1]]): print(d.metadata["Name"], d.version, d.metadata["License-Expression"] or d.metadata["License"] or "")
            """, Path.Combine(_folder, "site"));

        Assert.Equal(Lines(listed), Scan().Select(package => $"{package.Name} {package.Version} {package.Licence}".TrimEnd()).Order(StringComparer.Ordinal));
    }

    [RequiresToolFact("python3")]
    public void Python_of_this_machine_has_the_distributions_that_importlib_lists()
    {
        var listed = Lines(Tool.Run("python3", "-c", """
            import importlib.metadata, os
            for d in importlib.metadata.distributions():
                p = str(d._path) + ("" if os.path.isfile(d._path) else "/METADATA" if str(d._path).endswith(".dist-info") else "/PKG-INFO")
                if os.path.exists(p): print(p + "|" + d.metadata["Name"] + "|" + d.version)
            """)).Select(line => line.Split('|')).ToList();
        var guest = new GuestBuilder().Directory("/etc");
        foreach (var path in listed.Select(line => line[0]))
        {
            guest.File(path, File.ReadAllBytes(path));
        }

        Assert.Equal(listed.Select(line => string.Join('|', line)).Order(StringComparer.Ordinal), Scan(guest).Select(package => $"{package.Path}|{package.Name}|{package.Version}").Order(StringComparer.Ordinal));
    }

    [RequiresToolFact("npm", "node")]
    public void Node_packages_are_those_that_npm_lists()
    {
        string Pack(string name, string json)
        {
            Write($"{name}/package.json", json);
            return Path.Combine(_folder, Lines(Tool.Run("sh", "-c", $"cd {_folder} && npm pack --silent --offline ./{name}"))[^1]);
        }

        var inner = Pack("inner", """{"name":"@scope/inner","version":"2.0.1","license":"ISC"}""");
        var outer = Pack("outer", $$"""{"name":"outer","version":"1.0.0-beta.1","dependencies":{"@scope/inner":"file:{{inner}}"} }""");
        Write("app/package.json", """{"name":"app","version":"1.0.0"}""");
        Tool.Run("sh", "-c", $"cd {_folder}/app && npm install --silent --offline --no-audit --no-fund {outer} {inner}");
        using var listed = JsonDocument.Parse(Tool.Run("sh", "-c", $"cd {_folder}/app && npm ls --all --json"));
        IEnumerable<string> Flatten(JsonElement owner) => owner.TryGetProperty("dependencies", out var dependencies)
            ? dependencies.EnumerateObject().SelectMany(entry => Flatten(entry.Value).Prepend($"{entry.Name} {entry.Value.GetProperty("version").GetString()}"))
            : [];
        var expected = Flatten(listed.RootElement).Distinct().Order(StringComparer.Ordinal).ToList();

        Assert.Equal(2, expected.Count);
        Assert.Equal(expected, Scan("app").Select(package => $"{package.Name} {package.Version}"));
        Directory.Delete(Path.Combine(_folder, "app", "node_modules"), recursive: true);
        Assert.Equal(expected, Scan("app").Where(package => package.Locked).Select(package => $"{package.Name} {package.Version}"));
    }

    [RequiresToolFact("go")]
    public void Go_modules_are_those_that_go_version_prints()
    {
        // A proxy of files serves one module, a folder replaces the other.
        const string Proxy = "proxy/example.com/dep/@v";
        Write($"{Proxy}/list", "v1.2.3\n");
        Write($"{Proxy}/v1.2.3.info", """{"Version":"v1.2.3"}""");
        Write($"{Proxy}/v1.2.3.mod", "module example.com/dep\n");
        using (var zip = ZipFile.Open(Path.Combine(_folder, Proxy, "v1.2.3.zip"), ZipArchiveMode.Create))
        {
            using var source = new StreamWriter(zip.CreateEntry("example.com/dep@v1.2.3/dep.go").Open());
            source.Write("package dep\nfunc Name() string { return \"dep\" }\n");
        }

        Write("go/near/go.mod", "module example.com/near\n");
        Write("go/near/near.go", "package near\nfunc Name() string { return \"near\" }\n");
        Write("go/app/go.mod", "module example.com/app\nrequire example.com/dep v1.2.3\nrequire example.com/near v0.1.0\nreplace example.com/near => ../near\n");
        Write("go/app/main.go", "package main\nimport (\n\"example.com/dep\"\n\"example.com/near\"\n)\nfunc main() { println(dep.Name(), near.Name()) }\n");
        foreach (var (file, flags, system) in new[] { ("plain", "", "linux"), ("stripped", "-ldflags='-s -w'", "linux"), ("plain.exe", "", "windows"), ("stripped.exe", "-ldflags='-s -w'", "windows") })
        {
            Tool.Run("sh", "-c", $"cd {_folder}/go/app && CGO_ENABLED=0 GOOS={system} GOTOOLCHAIN=local GOFLAGS='-mod=mod -modcacherw' GOSUMDB=off GOPROXY=file://{_folder}/proxy GOCACHE={_folder}/cache GOPATH={_folder}/path go build -buildvcs=false {flags} -o {_folder}/bin/{file} .");
        }

        var printed = Tool.Run("go", "version", "-m", $"{_folder}/bin/plain").Split('\n');
        var compiler = printed[0].Split(' ')[^1]["go".Length..];
        var modules = printed.Select(line => line.Trim().Split('\t')).Where(words => words is ["dep", _, ['v', _, ..], _, ..]).Select(words => $"{words[1]} {words[2]}").ToList();

        Assert.Equal(["example.com/dep v1.2.3"], modules);
        foreach (var file in (string[])["/bin/plain", "/bin/stripped", "/bin/plain.exe", "/bin/stripped.exe"])
        {
            Assert.Equal([.. modules, $"stdlib {compiler}"], Scan("bin").Where(package => package.Path == file).Select(package => $"{package.Name} {package.Version}"));
        }
    }

    [RequiresToolFact("gem")]
    public void Gems_are_those_that_gem_lists()
    {
        Write("src/tool.gemspec", "Gem::Specification.new { |s| s.name = 'tool-x'; s.version = '1.2.0.pre1'; s.summary = 'A tool'; s.authors = ['A']; s.licenses = ['MIT', 'Ruby'] }\n");
        Tool.Run("sh", "-c", $"cd {_folder}/src && gem build --silent tool.gemspec && gem install --silent --local --no-document --install-dir {_folder}/gems tool-x-1.2.0.pre1.gem");
        var listed = Lines(Tool.Run("env", $"GEM_HOME={_folder}/gems", $"GEM_PATH={_folder}/gems", "gem", "list", "--local", "--prerelease", "--no-versions"));
        var package = Assert.Single(Scan("gems"));

        Assert.Contains(package.Name, listed);
        Assert.Equal(("tool-x", "1.2.0.pre1", "MIT, Ruby"), (package.Name, package.Version, package.Licence));
    }

    [Fact]
    public void This_test_has_the_packages_that_the_runtime_loaded_it_with()
    {
        var name = Path.GetFileName(typeof(NativeToolTests).Assembly.Location).Replace(".dll", ".deps.json", StringComparison.Ordinal);
        var found = Scan(new GuestBuilder().File($"/app/{name}", File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, name))));

        Assert.Contains(found, package => package.Name == "xunit.assert" && typeof(Assert).Assembly.GetName().Version?.ToString().StartsWith(package.Version, StringComparison.Ordinal) == true);
    }

    private static string[] Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd()).Order(StringComparer.Ordinal)];

    private static IReadOnlyList<LanguagePackage> Scan(GuestBuilder guest)
    {
        var facts = LanguageScanner.Scan(guest.Build(), new LanguageScanOptions(), CancellationToken.None);
        Assert.Empty(facts.Warnings);
        return facts.Found;
    }

    private IReadOnlyList<LanguagePackage> Scan(string folder = "")
    {
        var guest = new GuestBuilder().Directory("/etc");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder, folder), "*", SearchOption.AllDirectories))
        {
            guest.File($"/{Path.GetRelativePath(_folder, file)}", File.ReadAllBytes(file), mode: 755);
        }

        return Scan(guest);
    }

    private void Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? _folder);
        File.WriteAllText(path, content);
    }
}
