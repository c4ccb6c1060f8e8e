using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Orchestration.ProgrammingModelList;

/// <summary>Finds what the app uses of the programming model: what its code refers to, and what its attributes set.</summary>
internal static class UsedMembers
{
    private const int MaximumTypeParameters = 16;

    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<ModelEntry> Find(ModelAssemblies assemblies)
    {
        var members = References(assemblies.App).Concat(AttributeProperties(assemblies.App))
            .Select(Definition)
            .Where(member => ModelAssemblies.IsModel(TypeOf(member)))
            .Distinct()
            .ToList();

        // Code compiled against constants keeps their numbers only, so that all values of an enumeration count as used.
        var types = members.Select(TypeOf).Distinct().ToList();
        var values = types.Where(type => type.IsEnum).SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static));
        return members.Concat(types).Concat(values).Distinct()
            .OrderBy(member => member is Type ? 0 : 1)
            .ThenBy(member => member.Name, StringComparer.Ordinal)
            .Select(Signatures.Describe)
            .Distinct()
            .OrderBy(entry => entry.Namespace, StringComparer.Ordinal)
            .ThenBy(entry => entry.Type, StringComparer.Ordinal)
            .ToList();
    }

    private static List<MemberInfo> References(Assembly app)
    {
        using var file = new PEReader(File.OpenRead(app.Location));
        var metadata = file.GetMetadataReader();
        var tokens = metadata.TypeReferences.Select(handle => MetadataTokens.GetToken(handle))
            .Concat(metadata.MemberReferences.Select(handle => MetadataTokens.GetToken(handle)));

        // A reference inside generic code is resolved for some type in place of each type parameter: only the declaration is of interest.
        var anyTypes = Enumerable.Repeat(typeof(object), MaximumTypeParameters).ToArray();
        return tokens.Select(token => app.ManifestModule.ResolveMember(token, anyTypes, anyTypes)).OfType<MemberInfo>().ToList();
    }

    /// <summary>Properties that attributes set by name: they stand in no reference.</summary>
    private static IEnumerable<MemberInfo> AttributeProperties(Assembly app) =>
        from type in app.GetTypes()
        from provider in type.GetMembers(Everything).Prepend(type).SelectMany(WithParameters)
        from attribute in provider
        where ModelAssemblies.IsModel(attribute.AttributeType)
        from argument in attribute.NamedArguments
        select argument.MemberInfo;

    private static IEnumerable<IList<CustomAttributeData>> WithParameters(MemberInfo member) =>
        member is MethodBase method
            ? method.GetParameters().Select(parameter => parameter.GetCustomAttributesData()).Prepend(member.GetCustomAttributesData())
            : [member.GetCustomAttributesData()];

    /// <summary>The declaration that an instance of a generic type or method comes from; of an accessor, the property.</summary>
    private static MemberInfo Definition(MemberInfo member)
    {
        if (member is Type type)
        {
            return type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;
        }

        if (member is not MethodBase method)
        {
            return member;
        }

        var definition = method.Module.ResolveMethod(method.MetadataToken) ?? method;
        return definition.IsSpecialName
            ? definition.DeclaringType?.GetProperties(Everything).FirstOrDefault(property => property.GetAccessors(true).Contains(definition)) ?? (MemberInfo)definition
            : definition;
    }

    private static Type TypeOf(MemberInfo member) => member as Type ?? member.DeclaringType
        ?? throw new InvalidOperationException($"'{member}' is no member of a type.");
}
