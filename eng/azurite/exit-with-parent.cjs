// Loaded before Azurite: ends it when the process that started it is gone, however that ended.
process.stdin.on("end", () => process.exit()).on("error", () => process.exit()).resume();
