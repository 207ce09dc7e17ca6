import type { FolderPhoto } from "../catalogue/folder";

interface Folder {
  name: string; // its path below the chosen folder
  files: File[];
}

const folderOf = (path: string) => path.slice(0, Math.max(path.lastIndexOf("/"), 0));

// The photos of a chosen folder by the folders in which they are. Those beside folders stand for themselves; where there is no other
// folder, the chosen one counts.
export function byFolder(photos: FolderPhoto[]): { single: FolderPhoto[]; folders: Folder[] } {
  const flat = photos.every(({ path }) => !path.includes("/"));
  const folders = new Map<string, File[]>();
  const single: FolderPhoto[] = [];
  for (const photo of photos) {
    const name = flat ? folderOf(photo.file.webkitRelativePath) : folderOf(photo.path);
    if (name === "") single.push(photo);
    else folders.set(name, [...(folders.get(name) ?? []), photo.file]);
  }
  return { single, folders: [...folders].map(([name, files]) => ({ name, files })) };
}
