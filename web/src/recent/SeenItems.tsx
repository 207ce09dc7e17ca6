import { useQuery } from "@tanstack/react-query";
import { useLocation } from "../routing/router";
import { useEffect } from "react";
import { api, type Item } from "../api/client";
import { titleOf } from "../shell/titleOf";
import { addSeen } from "./seen";

// A wrong answer must not fail the frame of all pages: the item's page says that something is wrong.
function shownOf(item: Item | undefined): { title?: string; image?: string } {
  try {
    return item ? { title: titleOf(item), image: item.images[0]?.thumbnail_url } : {};
  } catch {
    return {};
  }
}

const ITEM = /^\/items\/(\d+)$/;

// Remembers on the device which items were opened. It shares the query of the item's page.
export function SeenItems() {
  const id = ITEM.exec(useLocation().pathname)?.[1];
  const { data } = useQuery({ queryKey: ["item", id], enabled: id !== undefined, queryFn: ({ signal }) => api.item(id ?? "", signal) });
  const { title, image } = shownOf(data);
  useEffect(() => {
    if (id !== undefined && title !== undefined) addSeen({ id, title, image });
  }, [id, title, image]);
  return null;
}
