using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Orchestration.EmbeddedRuntime.Triggers.Hosting;

/// <summary>Where this host can be reached from its own machine.</summary>
internal sealed class HostAddress(IServer server, EmbeddedHostOptions options)
{
    /// <summary>As the server says once it listens; as configured before.</summary>
    public Uri Address
    {
        get
        {
            var listening = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
            var port = listening is null ? options.Port : new Uri(listening).Port;
            var address = options.Address;
            if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            {
                address = IPAddress.Loopback;
            }

            return new UriBuilder(Uri.UriSchemeHttp, address.ToString(), port).Uri;
        }
    }
}
