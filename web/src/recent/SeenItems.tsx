import { useQuery } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { api } from "../api/client";
import { titleOf } from "../shell/titleOf";
import { addSeen } from "./seen";

const ITEM = /^\/items\/(\d+)$/;

// Remembers on the device which items were opened. It shares the query of the item's page.
export function SeenItems() {
  const id = useRouterState({ select: (state) => ITEM.exec(state.location.pathname)?.[1] });
  const { data } = useQuery({ queryKey: ["item", id], enabled: id !== undefined, queryFn: ({ signal }) => api.item(id ?? "", signal) });
  const title = data && titleOf(data);
  const image = data?.images[0]?.thumbnail_url;
  useEffect(() => {
    if (id !== undefined && title !== undefined) addSeen({ id, title, image });
  }, [id, title, image]);
  return null;
}
