// What was typed and which photos were chosen for an item that is not published yet. It stays on this device (IndexedDB) over a
// reload and a lost connection, for the person and the catalogue that it is of. Where the browser forbids it, there is no draft.
import type { Me } from "../api/access";
import { database } from "../photo/database";

export interface DraftPhoto {
  key: string;
  file: Blob;
}

export interface Draft {
  number: string; // the item's, unless the person gives one: published twice, it is one item
  fields: Record<string, string>;
  photos: DraftPhoto[];
  at: number; // when it was last changed
}

// Fields change with each letter, photos seldom, so that they are two records.
interface Fields {
  id: string;
  number: string;
  fields: Record<string, string>;
  at: number;
}
interface Photos {
  id: string;
  photos: DraftPhoto[];
  at: number;
}

export type DraftOwner = Pick<Me, "id" | "tenant">;

const run = database("find-this-fit-drafts", "drafts", "id");
const FIELDS = "fields";
const PHOTOS = "photos";
const idOf = (me: DraftOwner, part: string) => [me.id, me.tenant, part].map(encodeURIComponent).join("/");

let last: Promise<unknown> = Promise.resolve(); // what is written later is written later
function inOrder(work: () => Promise<unknown>): Promise<unknown> {
  last = last.then(work).catch(() => undefined);
  return last;
}

const read = <T>(id: string) => run<T | undefined>("readonly", (records) => records.get(id) as IDBRequest<T | undefined>);
const put = (record: Fields | Photos) => inOrder(() => run("readwrite", (records) => records.put(record)));
const remove = (id: string) => inOrder(() => run("readwrite", (records) => records.delete(id)));

export const isEmpty = ({ fields, photos }: Pick<Draft, "fields" | "photos">) => photos.length === 0 && Object.values(fields).every((text) => text.trim() === "");

// The draft, if something was typed or chosen.
export async function readDraft(me: DraftOwner): Promise<Draft | undefined> {
  await last;
  try {
    const [fields, photos] = await Promise.all([read<Fields>(idOf(me, FIELDS)), read<Photos>(idOf(me, PHOTOS))]);
    const draft: Draft = {
      number: fields?.number ?? crypto.randomUUID(),
      fields: fields?.fields ?? {},
      photos: photos?.photos ?? [],
      at: Math.max(fields?.at ?? 0, photos?.at ?? 0),
    };
    return isEmpty(draft) ? undefined : draft;
  } catch {
    return undefined;
  }
}

export const keepFields = (me: DraftOwner, number: string, fields: Record<string, string>) => put({ id: idOf(me, FIELDS), number, fields, at: Date.now() });
export const keepPhotos = (me: DraftOwner, photos: DraftPhoto[]) => put({ id: idOf(me, PHOTOS), photos, at: Date.now() });

export async function removeDraft(me: DraftOwner) {
  await remove(idOf(me, FIELDS));
  await remove(idOf(me, PHOTOS));
}

// Removes the drafts of everybody.
export async function forgetDrafts() {
  await inOrder(() => run("readwrite", (records) => records.clear()));
}
