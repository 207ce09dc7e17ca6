import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { ALIAS } from "./vite.config";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: ALIAS },
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"], setupFiles: ["src/testing/setup.ts"], css: false },
});
