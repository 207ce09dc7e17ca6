// Measures the budgets of the app: npm run budgets (see docs/benchmarks.md).
import { defineConfig } from "@playwright/test";
import base from "./playwright.config";

export default defineConfig({
  ...base,
  testMatch: "*.budget.ts",
  globalSetup: "./e2e/setup.budgets.ts",
  workers: 1,
  use: { ...base.use, contextOptions: {} }, // with the motion of the app
  timeout: 240_000,
  projects: [{ name: "phone", use: { viewport: { width: 412, height: 839 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, serviceWorkers: "block" } }],
});
