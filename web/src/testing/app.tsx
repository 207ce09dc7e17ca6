import { QueryClientProvider } from "@tanstack/react-query";
import { memoryHistory } from "../routing/history";
import { movedTo } from "../routing/paths";
import { Outlet, Router, RouterProvider } from "../routing/router";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { Gate, WhoIsThere } from "../access/Gate";
import { makeQueryClient } from "../shell/queries";
import { Crashed } from "../shell/Messages";
import { Notices } from "../shell/Notices";

const Nothing = () => null;

// Renders a page of the app at a path, for whom the server says is there. `address` is given where the path has parameters.
export function renderAt(path: string, page: ReactNode, around: ReactNode = null, address = path) {
  const queries = makeQueryClient();
  const router = new Router({ [movedTo(path)]: () => page }, memoryHistory(address));
  render(
    <QueryClientProvider client={queries}>
      <Notices>
        <RouterProvider router={router}>
          <WhoIsThere waiting={null}>
            {around}
            <Gate>
              <Outlet missing={Nothing} failed={Crashed} />
            </Gate>
          </WhoIsThere>
        </RouterProvider>
      </Notices>
    </QueryClientProvider>,
  );
  return { queries, router };
}
