// Sandboxes that a step of the suite has for itself.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Plays with a sandbox that has just been started, and ends it. It is given its URL and what it printed. */
export async function withSandbox(program, options, work) {
  const child = spawn(program, ["--port", "0", "--clock", "2026-11-24T15:00:00Z", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const printed = await new Promise((done, failed) => {
      const lines = [];
      child.on("error", failed);
      child.on("exit", (code) => failed(new Error(`the sandbox ended with ${code}`)));
      createInterface({ input: child.stdout }).on("line", (line) => {
        lines.push(line);
        const last = options.includes("--console-sign-in") ? "sign in" : "console at";
        if (line.startsWith(last)) done(lines.join("\n"));
      });
    });
    return await work(/listening on (\S+)/.exec(printed)[1], printed);
  } finally {
    child.kill();
  }
}
