// What the list of clusters and the page of one have in common.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError } from "../api/client";
import { clusters, type Cluster, type ClusterView } from "../api/clusters";
import { errorText } from "../shell/errorText";
import { pageTexts } from "../pageTexts";

export const clustersKey = ["clusters"];

// The name of a cluster, or of the piece at its centre.
export const nameOf = (cluster: Cluster) => cluster.label || cluster.centre.title || pageTexts.clusters.unnamed;

// While the clusters are made anew, the server refuses changes.
export const problemOf = (error: unknown) => (error instanceof ApiError && error.status === 409 ? pageTexts.clusters.rebuilding : errorText(error));

export function useClusters(view: ClusterView) {
  return useInfiniteQuery({
    queryKey: [...clustersKey, "list", view],
    queryFn: ({ pageParam, signal }) => clusters.list(view, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 0,
  });
}

// Reads every list and page of clusters again.
export function useRefresh() {
  const queries = useQueryClient();
  return () => void queries.invalidateQueries({ queryKey: clustersKey });
}

// `ids` without `id`, or with it at its end.
export const toggled = (ids: string[], id: string) => (ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id]);
