using System.Diagnostics;
using Microsoft.Azure.Functions.Worker.Context.Features;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Triggers.Functions;
using Orchestration.EmbeddedRuntime.Triggers.Outputs;

namespace Orchestration.EmbeddedRuntime.Triggers.Invocations;

/// <summary>One invocation: what the trigger gave, and what belongs to the invocation alone.</summary>
internal sealed class EmbeddedFunctionContext : FunctionContext, IFunctionInputBindingFeature, IDisposable, IAsyncDisposable
{
    private readonly IServiceScopeFactory _scopes;
    private IServiceProvider? _services;
    private AsyncServiceScope? _scope;
    private FunctionInputBindingResult? _input;

    public EmbeddedFunctionContext(
        FunctionDescriptor function, Invocation invocation, IServiceScopeFactory scopes, CancellationToken cancellationToken)
    {
        _scopes = scopes;
        Function = function;
        TriggerEvent = invocation.TriggerEvent;
        BindingContext = new Bindings(invocation.BindingData);
        RetryContext = new Retries(invocation.RetryCount, invocation.MaxRetryCount);
        CancellationToken = cancellationToken;
        Features.Set<IFunctionInputBindingFeature>(this);
        Features.Set<InvocationResult>(new Result());
    }

    public FunctionDescriptor Function { get; }

    /// <summary>What the function wants to be written, once it has run.</summary>
    public List<OutputValue> Outputs { get; } = [];

    /// <summary>What started the invocation; its type depends on the trigger.</summary>
    public object TriggerEvent { get; }

    public override string InvocationId { get; } = Guid.NewGuid().ToString();

    public override string FunctionId => Function.Definition.Id;

    public override TraceContext TraceContext { get; } = new CurrentTrace();

    public override BindingContext BindingContext { get; }

    public override RetryContext RetryContext { get; }

    /// <summary>The scope is made when it is first needed: orchestrator replays seldom do.</summary>
    public override IServiceProvider InstanceServices
    {
        get => _services ??= (_scope = _scopes.CreateAsyncScope()).Value.ServiceProvider;
        set => _services = value;
    }

    public override FunctionDefinition FunctionDefinition => Function.Definition;

    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();

    public override IInvocationFeatures Features { get; } = new InvocationFeatures();

    public override CancellationToken CancellationToken { get; }

    public async ValueTask<FunctionInputBindingResult> BindFunctionInputAsync(FunctionContext context)
    {
        if (_input is null)
        {
            var values = new object?[Function.Binders.Count];
            for (var index = 0; index < values.Length; index++)
            {
                values[index] = await Function.Binders[index](this);
            }

            _input = new(values);
        }

        return _input;
    }

    public void Dispose() => _scope?.Dispose();

    public ValueTask DisposeAsync() => _scope?.DisposeAsync() ?? ValueTask.CompletedTask;

    private sealed class Bindings(IReadOnlyDictionary<string, object?> data) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData { get; } = data;
    }

    private sealed class Retries(int count, int maximum) : RetryContext
    {
        public override int RetryCount { get; } = count;

        public override int MaxRetryCount { get; } = maximum;
    }

    private sealed class Result : InvocationResult
    {
        public override object? Value { get; set; }
    }

    private sealed class CurrentTrace : TraceContext
    {
        private readonly Activity? _activity = Activity.Current;

        public override string TraceParent => _activity?.Id ?? string.Empty;

        public override string TraceState => _activity?.TraceStateString ?? string.Empty;
    }
}
