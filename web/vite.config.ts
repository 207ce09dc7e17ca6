import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

// Writes the list of the app shell's files into the service worker.
function listShell(): Plugin {
  return {
    name: "list-shell",
    apply: "build",
    generateBundle: {
      order: "post", // after the styles
      handler(_, bundle) {
        const worker = bundle["sw.js"];
        if (worker?.type !== "chunk") throw new Error("the service worker was not built");
        // Every page and dialog, so that those which were not opened before open without a network too.
        const parts = Object.keys(bundle).filter((name) => name !== "sw.js" && /\.(js|css)$/.test(name));
        const fonts = Object.keys(bundle).filter((name) => /(inter-latin-wght|serif-latin-400)-normal.*\.woff2$/.test(name));
        const shell = ["/", "/favicon.svg", ...[...parts, ...fonts].map((name) => `/${name}`)];
        worker.code = worker.code.replace("__SHELL__", JSON.stringify(shell));
      },
    },
  };
}

// The app is loaded after its language (src/main.ts). The page says so early, so that both are fetched at once.
function preloadApp(): Plugin {
  return {
    name: "preload-app",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(_, { bundle }) {
        const app = Object.values(bundle ?? {}).find((one) => one.type === "chunk" && one.moduleIds.some((id) => id.endsWith("/src/start.tsx")));
        if (app?.type !== "chunk") throw new Error("the app was not built");
        return [app.fileName].map((name) => ({ tag: "link", attrs: { rel: "modulepreload", crossorigin: true, href: `/${name}` }, injectTo: "head" as const }));
      },
    },
  };
}

export default defineConfig({
  plugins: [react(), listShell(), preloadApp()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: false, // one small file: a page without its styles cannot happen
    reportCompressedSize: false,
    rollupOptions: {
      input: {
        app: fileURLToPath(new URL("index.html", import.meta.url)),
        sw: fileURLToPath(new URL("src/worker/sw.ts", import.meta.url)),
      },
      output: { entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js") },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/images", "/health", "/live", "/ready", "/metrics", "/docs", "/openapi.json"].map((path) => [
        path,
        process.env.FIT_URL ?? "http://127.0.0.1:8000",
      ]),
    ),
  },
});
