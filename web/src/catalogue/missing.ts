// Filters for items that lack a value. A condition "not one of all values" is met by items without a value, so the values of
// the catalogue make the filter; a column with more values than the server lists cannot be asked for.
import { useQuery } from "@tanstack/react-query";
import { api, type Facet, type Filters } from "../api/client";

export const COLUMNS = ["category", "subcategory", "primary_color", "material", "pattern", "gender", "condition", "brand", "size"] as const;
export type MissingColumn = (typeof COLUMNS)[number];

export interface Missing {
  column: MissingColumn;
  count: number; // of items that lack a value
  values: string[]; // all that the catalogue has
}

// The columns that some items lack and that can be asked for.
export function missingOf(facets: Record<string, Facet> | undefined): Missing[] {
  return COLUMNS.flatMap((column) => {
    const facet = facets?.[column];
    if (!facet || !facet.missing || facet.others || !facet.values || facet.values.length === 0) return [];
    return [{ column, count: facet.missing, values: facet.values.map((one) => one.value) }];
  });
}

export const filterOf = ({ column, values }: Missing): Filters => ({ [column]: { not: values } });

// The columns that items of the status lack, with their numbers.
export function useMissing(filters: Filters, isWanted: boolean): Missing[] {
  const { data } = useQuery({
    queryKey: ["catalogue", "missing", filters],
    queryFn: ({ signal }) => api.browse({ filters, facets: [...COLUMNS], limit: 1 }, signal),
    enabled: isWanted,
  });
  return missingOf(data?.facets);
}
