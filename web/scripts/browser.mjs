// Debian's Chromium and its arguments for tests and scripts.
export const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
export const args = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-proxy-server",
  "--disable-dev-shm-usage",
];
