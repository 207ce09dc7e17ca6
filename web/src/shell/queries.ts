import { QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "../api/client";
import { reportReached, reportUnreachable } from "./reachable";

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiError && error.unreachable) reportUnreachable();
      },
      onSuccess: (_, query) => {
        if (query.queryKey[0] !== "photo") reportReached();
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
