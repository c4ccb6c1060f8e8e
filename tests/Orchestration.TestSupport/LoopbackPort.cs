using System.Net;
using System.Net.Sockets;

namespace Orchestration.TestSupport;

/// <summary>Ports for servers that tests start.</summary>
public static class LoopbackPort
{
    /// <summary>A port of 127.0.0.1 on which nothing listens at this moment.</summary>
    public static int FindFree()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
