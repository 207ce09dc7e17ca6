import "./styles/fonts.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/search.css";
import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { makeQueryClient } from "./shell/queries";
import { applyTheme } from "./shell/theme";
import { Notices } from "./shell/Notices";
import { makeRouter } from "./router";
import { parseState } from "./search/state";
import { prefetchSearch } from "./search/useSearch";
import { registerWorker } from "./worker/register";

applyTheme();
const queries = makeQueryClient();
const router = makeRouter(queries);
const first = parseState(window.location.search);
if (window.location.pathname === "/" && !first.photo) prefetchSearch(queries, first);

const root = document.getElementById("app");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <CSPProvider disableStyleElements>
        <QueryClientProvider client={queries}>
          <Notices>
            <RouterProvider router={router} />
          </Notices>
        </QueryClientProvider>
      </CSPProvider>
    </StrictMode>,
  );
}
registerWorker();
