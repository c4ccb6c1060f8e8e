using Orchestration.GuestFixtures;
using Orchestration.Inspection.Languages;

namespace Orchestration.Inspection.Tests.Languages;

/// <summary>Packages that a file of text or JSON names.</summary>
public sealed class DocumentTests
{
    [Theory]
    [InlineData("/usr/local/lib/python3.11/site-packages/requests-2.31.0.dist-info/METADATA", "License: Apache 2.0\nClassifier: License :: OSI Approved :: MIT License\n", "Apache 2.0")]
    [InlineData("/usr/lib/python3/dist-packages/requests-2.31.0.egg-info/PKG-INFO", "License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\n", "MIT License")]
    [InlineData("/usr/lib/python3/dist-packages/requests-2.31.0.egg-info", "License-Expression: MIT\nLicense: text\n", "MIT")]
    [InlineData("/opt/requests-2.31.0.egg/EGG-INFO/PKG-INFO", "Description: Name: other\n        Version: 9\n", null)]
    public void Python_distributions_are_those_with_metadata(string path, string more, string? licence)
    {
        var package = Assert.Single(Scan(new GuestBuilder().File(path, $"Metadata-Version: 2.1\nName: requests\nVersion: 2.31.0\n{more}\nName: body\n")).Found);

        Assert.Equal(new LanguagePackage("PyPI", "requests", "2.31.0", path) { Licence = licence }, package);
    }

    [Fact]
    public void Node_packages_are_those_below_node_modules()
    {
        var found = Scan(new GuestBuilder()
            .File("/srv/app/package.json", """{"name":"app","version":"1.0.0"}""")
            .File("/srv/app/node_modules/express/package.json", """{"name":"express","version":"4.18.2","license":"MIT"}""")
            .File("/srv/app/node_modules/@babel/core/package.json", """{"name":"@babel/core","version":"7.23.0","licenses":[{"type":"MIT"},{"type":"ISC"}]}""")
            .File("/srv/app/node_modules/express/lib/package.json", """{"name":"inner","version":"1"}""")
            .File("/srv/app/node_modules/nameless/package.json", """{"type":"module"}""")).Found;

        Assert.Equal([("@babel/core", "7.23.0", "MIT OR ISC"), ("express", "4.18.2", "MIT")], found.Select(package => (package.Name, package.Version, package.Licence)));
    }

    [Theory]
    [InlineData("""{"lockfileVersion":3,"packages":{"":{"name":"app","version":"1.0.0"},"node_modules/a":{"version":"1.2.3","license":"MIT"},"node_modules/a/node_modules/@s/b":{"version":"2.0.0"},"node_modules/dev":{"version":"1.0.0","dev":true},"packages/x":{"version":"1.0.0"},"node_modules/x":{"link":true}}}""")]
    [InlineData("""{"lockfileVersion":1,"dependencies":{"a":{"version":"1.2.3","dependencies":{"@s/b":{"version":"2.0.0"}}},"dev":{"version":"1.0.0","dev":true},"x":{"version":"file:packages/x"}}}""")]
    public void Lock_files_name_what_is_not_installed_beside_them(string document)
    {
        var locked = Scan(new GuestBuilder().File("/srv/app/package-lock.json", document)).Found;
        var installed = Scan(new GuestBuilder().File("/srv/app/package-lock.json", document).File("/srv/app/node_modules/a/package.json", """{"name":"a","version":"1.2.3"}""")).Found;

        Assert.Equal([("@s/b", "2.0.0", true), ("a", "1.2.3", true)], locked.Select(package => (package.Name, package.Version, package.Locked)));
        Assert.False(Assert.Single(installed).Locked);
    }

    [Fact]
    public void Net_programs_name_their_packages_and_the_runtime_that_they_bring()
    {
        var found = Scan(new GuestBuilder().File("/opt/app/App.deps.json", """
            {"libraries":{"App/1.0.0":{"type":"project"},"YamlDotNet/16.3.0":{"type":"package"},"runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/10.0.1":{"type":"runtimepack"},"Old.Reference/1.0":{"type":"reference"}}}
            """)).Found;

        Assert.Equal([("Microsoft.NETCore.App.Runtime.linux-x64", "10.0.1"), ("YamlDotNet", "16.3.0")], found.Select(package => (package.Name, package.Version)));
    }

    [Theory]
    [InlineData("""{"packages":[{"name":"monolog/monolog","version":"3.5.0","license":["MIT"]}],"dev":false}""")]
    [InlineData("""[{"name":"monolog/monolog","version":"3.5.0","license":"MIT"}]""")]
    public void Composer_lists_what_it_installed(string document)
    {
        const string Path = "/var/www/html/vendor/composer/installed.json";

        Assert.Equal(new LanguagePackage("Packagist", "monolog/monolog", "3.5.0", Path) { Licence = "MIT" }, Assert.Single(Scan(new GuestBuilder().File(Path, document)).Found));
    }

    [Theory]
    [InlineData("  s.name = \"rack\".freeze\n  s.version = \"2.2.8\"\n  s.licenses = [\"MIT\".freeze, \"Ruby\".freeze]\n", "MIT, Ruby")]
    [InlineData("  s.name = \"rack\"\n  s.version = Gem::Version.new(\"2.2.8\")\n", null)]
    public void Gems_are_those_with_an_installed_specification(string assignments, string? licence)
    {
        const string Path = "/var/lib/gems/3.1.0/specifications/rack-2.2.8.gemspec";
        var found = Scan(new GuestBuilder().File(Path, $"Gem::Specification.new do |s|\n{assignments}end\n").File("/srv/app/rack.gemspec", "s.name = \"other\"\ns.version = \"1\"\n")).Found;

        Assert.Equal(new LanguagePackage("RubyGems", "rack", "2.2.8", Path) { Licence = licence }, Assert.Single(found));
    }

    [Theory]
    [InlineData("/srv/node_modules/a/package.json")]
    [InlineData("/srv/a.deps.json")]
    [InlineData("/srv/composer/installed.json")]
    [InlineData("/srv/package-lock.json")]
    public void A_document_that_is_none_is_a_warning(string path)
    {
        Assert.All(
            (string[])["{\"name\":", "[[[[", "", new string('[', 100_000)],
            document => Assert.Equal(path, Assert.Single(Scan(new GuestBuilder().File(path, document)).Warnings).File));
    }

    private static LanguagePackageFacts Scan(GuestBuilder builder) => LanguageScanner.Scan(builder.Build(), new LanguageScanOptions(), CancellationToken.None);
}
