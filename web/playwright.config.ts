import { defineConfig, devices } from "@playwright/test";
import { args, executablePath } from "./scripts/browser.mjs";

const launchOptions = { executablePath, args: [...args, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"] };
const pixel = devices["Pixel 7"];

export default defineConfig({
  testDir: "e2e",
  testMatch: "*.spec.ts",
  globalSetup: "./e2e/setup.ts",
  outputDir: process.env.FIT_TEST_RESULTS ?? "test-results",
  fullyParallel: true,
  workers: Number(process.env.FIT_E2E_WORKERS ?? 2),
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  // A service worker fetches the whole app in each test: only tests of it have one.
  use: { launchOptions, trace: "off", colorScheme: "light", contextOptions: { reducedMotion: "reduce" }, serviceWorkers: "block" },
  projects: [
    { name: "desk", use: { viewport: { width: 1360, height: 900 } } },
    // Pixels are drawn by the CPU, so that a phone's density would cost four times as much.
    { name: "phone", grep: /@phone/, use: { viewport: pixel.viewport, userAgent: pixel.userAgent, isMobile: true, hasTouch: true } },
  ],
});
