// The key of the queries for picks.
export const PICKS = ["for-you"] as const;
