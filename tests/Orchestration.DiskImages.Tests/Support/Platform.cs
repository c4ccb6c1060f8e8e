using System.Runtime.Versioning;

// The tools that make real images are those of Linux.
[assembly: UnsupportedOSPlatform("windows")]
