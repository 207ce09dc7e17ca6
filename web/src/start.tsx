import "./styles/fonts.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/search.css";
import "./styles/detect.css";
import "./styles/studio.css";
import { CSPProvider } from "@base-ui/react/csp-provider";
import { DirectionProvider } from "@base-ui/react/direction-provider";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "./routing/router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { meOptions } from "./access/me";
import { applyBrand } from "./brand/brand";
import { ImportRun, ImportRunContext } from "./catalogue/importRun";
import { direction } from "./language/language";
import { ErrorBoundary } from "./shell/ErrorBoundary";
import { makeQueryClient } from "./shell/queries";
import { applyTheme } from "./shell/theme";
import { Notices } from "./shell/Notices";
import { Shell } from "./shell/Shell";
import { makeRouter } from "./router";
import { parseState } from "./search/state";
import { prefetchSearch } from "./search/useSearch";
import { registerWorker } from "./worker/register";

applyTheme();
applyBrand();
const queries = makeQueryClient();
const router = makeRouter();
// The server's index follows its store within a moment, so that lists are read again a little later too.
const INDEXED_AFTER_MS = 1500;
const importRun = new ImportRun(() => {
  void queries.invalidateQueries();
  window.setTimeout(() => void queries.invalidateQueries(), INDEXED_AFTER_MS);
});
queries.query(meOptions).catch(() => undefined); // the pages show what they can without it
const first = parseState(window.location.search);
if (window.location.pathname === "/" && !first.photo) prefetchSearch(queries, first);

const root = document.getElementById("app");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <ErrorBoundary>
        <CSPProvider disableStyleElements>
          <DirectionProvider direction={direction()}>
            <QueryClientProvider client={queries}>
              <ImportRunContext value={importRun}>
                <Notices>
                  <RouterProvider router={router}>
                    <Shell />
                  </RouterProvider>
                </Notices>
              </ImportRunContext>
            </QueryClientProvider>
          </DirectionProvider>
        </CSPProvider>
      </ErrorBoundary>
    </StrictMode>,
  );
}
registerWorker();
