using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orchestration.ProgrammingModelList;

/// <summary>Writes declarations down as C# would, so that equal declarations are equal text.</summary>
internal static class Signatures
{
    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly Dictionary<string, string> Keywords = new(StringComparer.Ordinal)
    {
        ["System.Boolean"] = "bool",
        ["System.Double"] = "double",
        ["System.Int32"] = "int",
        ["System.Int64"] = "long",
        ["System.Object"] = "object",
        ["System.String"] = "string",
        ["System.Void"] = "void",
    };

    public static ModelEntry Describe(MemberInfo member)
    {
        var type = member as Type ?? member.DeclaringType
            ?? throw new ArgumentException($"'{member}' is no member of a type.", nameof(member));
        return new ModelEntry(type.Namespace ?? "", Name(type), member switch
        {
            Type => Declare(type),
            ConstructorInfo constructor => $"{Access(constructor)} {type.Name.Split('`')[0]}({Parameters(constructor)})",
            MethodInfo method => Declare(method),
            PropertyInfo property => Declare(property),
            FieldInfo field => Declare(field),
            _ => throw new ArgumentException($"Members such as '{member}' are not listed.", nameof(member)),
        });
    }

    private static string Declare(Type type)
    {
        var kind = type switch
        {
            { IsInterface: true } => "interface",
            { IsEnum: true } => "enum",
            { IsValueType: true } => "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        var baseType = type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && !type.IsEnum ? $" : {Name(parent)}" : "";
        return $"{kind}{baseType}";
    }

    private static string Declare(MethodInfo method)
    {
        var generics = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        var extension = method.IsDefined(typeof(ExtensionAttribute), inherit: false) ? "this " : "";
        return $"{Access(method)}{Modifier(method)} {Annotated(method.ReturnType, Nullability.Create(method.ReturnParameter).ReadState)} {method.Name}{generics}({extension}{Parameters(method)})";
    }

    private static string Declare(PropertyInfo property)
    {
        var accessors = property.GetAccessors(nonPublic: true).Where(IsVisible).ToList();
        var set = property.SetMethod is { } setter && IsVisible(setter)
            ? setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;"
            : "";
        var get = property.GetMethod is { } getter && IsVisible(getter) ? " get;" : "";
        return $"{Access(accessors[0])}{Modifier(accessors[0])} {Annotated(property.PropertyType, Nullability.Create(property).ReadState)} {property.Name} {{{get}{set} }}";
    }

    private static string Declare(FieldInfo field) => field.IsLiteral
        ? $"{field.Name} = {Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}"
        : $"{(field.IsPublic ? "public" : "protected")}{(field.IsStatic ? " static" : "")} {Name(field.FieldType)} {field.Name}";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Declare));

    private static string Declare(ParameterInfo parameter)
    {
        var prefix = parameter.IsDefined(typeof(ParamArrayAttribute), inherit: false) ? "params " : parameter.IsOut ? "out " : "";
        var text = $"{prefix}{Annotated(parameter.ParameterType, Nullability.Create(parameter).WriteState)} {parameter.Name}";
        return parameter.HasDefaultValue ? $"{text} = {Literal(parameter)}" : text;
    }

    private static string Literal(ParameterInfo parameter) => parameter.RawDefaultValue switch
    {
        null => parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null ? "default" : "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        var value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string Annotated(Type type, NullabilityState state) =>
        Name(type) + (state == NullabilityState.Nullable && !type.IsValueType ? "?" : "");

    private static string Name(Type type)
    {
        if (type.IsArray || type.IsByRef)
        {
            var element = Name(type.GetElementType() ?? typeof(object));
            return type.IsArray ? element + "[]" : element;
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }

        if (type.FullName is { } fullName && Keywords.TryGetValue(fullName, out var keyword))
        {
            return keyword;
        }

        var name = type.Name.Split('`')[0];
        var qualified = type is { IsNested: true, IsGenericParameter: false, DeclaringType: { } outer } ? $"{Name(outer)}.{name}" : name;
        return type.IsGenericType ? $"{qualified}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : qualified;
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Access(MethodBase method) => method.IsPublic ? "public" : IsVisible(method) ? "protected" : "internal";

    private static string Modifier(MethodInfo method) => method switch
    {
        { IsStatic: true } => " static",
        { IsAbstract: true } => " abstract",
        { IsVirtual: true, IsFinal: false } => method.GetBaseDefinition() == method ? " virtual" : " override",
        _ => "",
    };
}
