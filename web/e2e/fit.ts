// Runs the real program.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const SOURCE = fileURLToPath(new URL("../../", import.meta.url));
const BINARY = process.env.FIT_BINARY ?? join(SOURCE, "build/release/src/main/fit");
const START_MS = 60_000;

export function tempDir(): string {
  return mkdtempSync(join(tmpdir(), "fit-web-"));
}

function environment(data: string, more: Record<string, string> = {}) {
  const { PATH = "", HOME = "", ASAN_OPTIONS = "", TSAN_OPTIONS = "" } = process.env;
  return {
    PATH,
    HOME,
    ASAN_OPTIONS,
    TSAN_OPTIONS,
    DATABASE_URL: `sqlite:///${data}/fit.db`,
    STORAGE_PATH: join(data, "storage"),
    APP_HOST: "127.0.0.1",
    DETECTOR_MODEL: "", // what it finds in drawn photos nobody knows; compose.ts has a detector of which it is known
    no_proxy: "*",
    ...more,
  };
}

export function run(data: string, ...args: string[]) {
  execFileSync(BINARY, args, { env: environment(data), cwd: data, stdio: ["ignore", "ignore", "pipe"], timeout: 240_000 });
}

// Creates a user beside the server, if one runs.
export function addUser(data: string, email: string, role: string, password: string) {
  const input = `${password}\n`;
  execFileSync(BINARY, ["user", "create", email, "--role", role, "--password-stdin"], { env: environment(data), cwd: data, input, stdio: ["pipe", "ignore", "pipe"], timeout: 240_000 });
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

export class Fit {
  private process?: ChildProcess;
  private output = "";
  port = 0;

  constructor(
    readonly data: string,
    private readonly settings: Record<string, string> = {},
  ) {}

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<this> {
    this.port ||= await freePort();
    const child = spawn(BINARY, ["serve"], {
      env: environment(this.data, { APP_PORT: String(this.port), ...this.settings }),
      cwd: this.data,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process = child;
    process.once("exit", () => child.kill("SIGKILL")); // of a test that failed before its stop()
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (this.output = (this.output + text.toString()).slice(-20_000)));
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline) {
      if (child.exitCode !== null) throw new Error(`fit serve ended with ${child.exitCode}:\n${this.output}`);
      try {
        if ((await fetch(`${this.url}/ready`)).ok) return this;
      } catch {
        // The server does not listen yet.
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`fit serve was not ready in time:\n${this.output}`);
  }

  // The first group of what the program has printed, once it has printed it.
  async printed(pattern: RegExp): Promise<string> {
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline) {
      const found = pattern.exec(this.output)?.[1];
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`fit serve has not printed ${pattern}:\n${this.output}`);
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
    await ended;
    clearTimeout(late);
  }
}

export interface Row {
  [column: string]: string;
}

// Reads the CSV of the sample, whose columns contain no line breaks.
export function readCsv(path: string): Row[] {
  const [head = "", ...lines] = readFileSync(path, "utf8").trim().split("\n");
  const cells = (line: string) => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = ""]) => cell.replace(/^"|"$/g, "").replaceAll('""', '"'));
  const names = cells(head);
  return lines.map((line) => Object.fromEntries(cells(line).map((cell, i) => [names[i] ?? "", cell])));
}

export function copyOf(data: string): string {
  const copy = tempDir();
  cpSync(data, copy, { recursive: true });
  return copy;
}

export function makeDir(path: string) {
  mkdirSync(path, { recursive: true });
}

export function remove(path: string) {
  rmSync(path, { recursive: true, force: true });
}
