// The calls of the API about clusters.
import { call, json } from "./client";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type Cluster = Schemas["Cluster"];
export type ClusterList = Schemas["ClusterList"];
export type ClusterDetail = Schemas["ClusterDetail"];
export type ClusterMember = Schemas["ClusterMember"];
export type ClusterOrder = "size" | "newest" | "label";

export interface ClusterView {
  order: ClusterOrder;
  singles: boolean; // clusters of one photo too
  duplicates: boolean; // only clusters in which a photo occurs more than once
}

const ROOT = "/api/v1/clusters";
const at = (id: string) => `${ROOT}/${encodeURIComponent(id)}`;
const post = (body: unknown) => ({ method: "POST", ...json(body) });

export const clusters = {
  list({ order, singles, duplicates }: ClusterView, cursor: string | undefined, signal?: AbortSignal) {
    const query = new URLSearchParams({ order, min_size: singles ? "1" : "2", ...(duplicates && { duplicates: "true" }), ...(cursor && { cursor }) });
    return call<ClusterList>(`${ROOT}?${query}`, { signal });
  },
  one(id: string, cursor: string | undefined, signal?: AbortSignal) {
    const query = cursor ? `?${new URLSearchParams({ cursor })}` : "";
    return call<ClusterDetail>(`${at(id)}${query}`, { signal });
  },
  rename: (id: string, label: string) => call<Cluster>(`${at(id)}/label`, post({ label })),
  describe: (id: string) => call<{ job_id: string }>(`${at(id)}/labels/run`, { method: "POST" }),
  merge: (cluster_ids: string[]) => call<Cluster>(`${ROOT}/merge`, post({ cluster_ids })),
  split: (id: string, image_ids: string[]) => call<Schemas["ClusterSplitResult"]>(`${at(id)}/split`, post({ image_ids })),
  move: (image_id: string, cluster_id: string) => call<Cluster>(`${ROOT}/move`, post({ image_id, cluster_id })),
  notSame: (image_id: string, other_image_id: string) => call<Schemas["ClusterSeparationResult"]>(`${ROOT}/not-same`, post({ image_id, other_image_id })),
};
