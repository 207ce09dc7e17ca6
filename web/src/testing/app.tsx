import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRoute, createRouter, Outlet, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { Gate, WhoIsThere } from "../access/Gate";
import { makeQueryClient } from "../shell/queries";
import { Notices } from "../shell/Notices";

// Renders a page of the app at a path, for whom the server says is there. `address` is given where the path has parameters.
export function renderAt(path: string, page: ReactNode, around: ReactNode = null, address = path) {
  const queries = makeQueryClient();
  const root = createRootRoute({
    component: () => (
      <WhoIsThere waiting={null}>
        {around}
        <Gate>
          <Outlet />
        </Gate>
      </WhoIsThere>
    ),
  });
  const route = createRoute({ getParentRoute: () => root, path, component: () => page });
  const rest = createRoute({ getParentRoute: () => root, path: "$", component: () => null });
  const router = createRouter({ routeTree: root.addChildren([route, rest]), history: createMemoryHistory({ initialEntries: [address] }) });
  render(
    <QueryClientProvider client={queries}>
      <Notices>
        <RouterProvider router={router as never} />
      </Notices>
    </QueryClientProvider>,
  );
  return { queries, router };
}
