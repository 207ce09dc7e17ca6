// Turns the photos of a folder into items as `fit import` does: the path is the id, the last folder the category, and the
// file's name the title if it is descriptive.

export interface FolderPhoto {
  file: File;
  path: string; // relative to the chosen folder
}

const PHOTO = /\.(jpe?g|jpe|jfif|png|webp|avif|heic|heif|gif)$/i;

export const isPhoto = (file: File) => PHOTO.test(file.name) || file.type.startsWith("image/");

// Folders in which other programs keep thumbnails and deleted files, and hidden ones.
const OTHERS = /(^|\/)(\.[^/]*|@eaDir|#recycle|@recycle|\$recycle\.bin|__macosx|_?thumb(nail)?s?)\//i;

export function fromInput(files: File[]): FolderPhoto[] {
  return files
    .filter(isPhoto)
    .map((file) => {
      const path = file.webkitRelativePath || file.name;
      return { file, path: path.includes("/") ? path.slice(path.indexOf("/") + 1) : path };
    })
    .filter(({ path }) => !OTHERS.test(path));
}

async function readAll(entry: FileSystemEntry, path: string, found: FolderPhoto[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    if (isPhoto(file) && !OTHERS.test(path)) found.push({ file, path });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return;
    for (const child of batch) await readAll(child, path ? `${path}/${child.name}` : child.name, found);
  }
}

// The dropped files and folders.
export async function fromDrop(transfer: DataTransfer): Promise<{ files: File[]; photos: FolderPhoto[]; name?: string }> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const files = [...transfer.files];
  const photos: FolderPhoto[] = [];
  let name: string | undefined;
  for (const [index, entry] of entries.entries()) {
    if (entry?.isDirectory) {
      name ??= entry.name;
      await readAll(entry, entries.length > 1 ? entry.name : "", photos);
    } else {
      const file = files[index];
      if (file && isPhoto(file)) photos.push({ file, path: file.name });
    }
  }
  return { files: files.filter((file, index) => !isPhoto(file) && !entries[index]?.isDirectory), photos, name };
}

export function titleOf(path: string): string {
  const name = (path.split("/").pop() ?? "").replace(/\.[^.]+$/, "");
  const words = name.replace(/[_-]+/g, " ").trim();
  // "IMG 2041" and "0f3c9a…" are not descriptive.
  const letters = words.match(/\p{L}{3,}/gu) ?? [];
  const descriptive = letters.filter((word) => !/^(img|dsc|dscn|pxl|photo|image|screenshot|whatsapp)$/i.test(word));
  return descriptive.length > 0 && !/[0-9a-f]{8}/i.test(words) ? words.slice(0, 200) : "";
}

export function categoryOf(path: string): string {
  const folders = path.split("/");
  return (folders[folders.length - 2] ?? "").slice(0, 100);
}
