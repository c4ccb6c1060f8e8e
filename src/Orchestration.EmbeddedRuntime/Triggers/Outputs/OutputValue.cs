using Microsoft.Azure.Functions.Worker;

namespace Orchestration.EmbeddedRuntime.Triggers.Outputs;

/// <summary>A value on its way out, which middleware may still replace.</summary>
internal sealed class OutputValue(string name, string type, object? value, OutputBinding binding)
{
    public string Name => name;

    public string Type => type;

    public object? Value { get; set; } = value;

    public OutputBinding Binding => binding;

    /// <summary>This value for middleware.</summary>
    public OutputBindingData<T> As<T>() => new Data<T>(this);

    private sealed class Data<T>(OutputValue output) : OutputBindingData<T>
    {
        public override string BindingType => output.Type;

        public override string Name => output.Name;

        public override T? Value
        {
            get => (T?)output.Value;
            set => output.Value = value;
        }
    }
}
