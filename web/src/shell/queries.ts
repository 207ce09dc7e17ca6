import { QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "../api/client";
import { reportReached, reportUnreachable } from "./reachable";

// How often a query is repeated: every `ms` until the server refuses it, since a session that has ended stays so. Signing in
// again repeats all queries.
export const whileAllowed = (ms: number) => (query: { state: { error: unknown } }) => {
  const { error } = query.state;
  return error instanceof ApiError && (error.status === 401 || error.status === 403) ? false : ms;
};

// Queries whose answers may come from the device, which say nothing of the server.
const ON_DEVICE: ReadonlySet<unknown> = new Set(["photo", "garments", "wardrobe-copy", "kept-results", "kept-searches"]);

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiError && error.unreachable) reportUnreachable();
      },
      onSuccess: (_, query) => {
        if (!ON_DEVICE.has(query.queryKey[0])) reportReached();
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        gcTime: 15 * 60_000,
        refetchOnWindowFocus: false,
        networkMode: "always", // a server on this machine can be reached without a network
        retry: (count, error) => error instanceof ApiError && error.status === 429 && count < 3,
      },
      mutations: { networkMode: "always" },
    },
  });
}
