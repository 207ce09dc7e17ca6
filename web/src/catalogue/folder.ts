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

// A file that is not imported: its folder belongs to another program, or it is no photo.
export interface SkippedFile {
  path: string; // relative to the chosen folder
  why: "folder" | "type";
}

export interface FolderFiles {
  photos: FolderPhoto[];
  skipped: SkippedFile[];
}

function sort(file: File, path: string, found: FolderFiles) {
  if (OTHERS.test(path)) found.skipped.push({ path, why: "folder" });
  else if (isPhoto(file)) found.photos.push({ file, path });
  else found.skipped.push({ path, why: "type" });
}

export function fromInput(files: File[]): FolderFiles {
  const found: FolderFiles = { photos: [], skipped: [] };
  for (const file of files) {
    const path = file.webkitRelativePath || file.name;
    sort(file, path.includes("/") ? path.slice(path.indexOf("/") + 1) : path, found);
  }
  return found;
}

async function readAll(entry: FileSystemEntry, path: string, found: FolderFiles): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    sort(file, path, found);
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return;
    for (const child of batch) await readAll(child, path ? `${path}/${child.name}` : child.name, found);
  }
}

// The dropped files and folders. `files` are those beside folders that are no photos.
export async function fromDrop(transfer: DataTransfer): Promise<FolderFiles & { files: File[]; name?: string }> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const files = [...transfer.files];
  const found: FolderFiles = { photos: [], skipped: [] };
  let name: string | undefined;
  for (const [index, entry] of entries.entries()) {
    if (entry?.isDirectory) {
      name ??= entry.name;
      await readAll(entry, entries.length > 1 ? entry.name : "", found);
    } else {
      const file = files[index];
      if (file && isPhoto(file)) found.photos.push({ file, path: file.name });
    }
  }
  return { ...found, files: files.filter((file, index) => !isPhoto(file) && !entries[index]?.isDirectory), name };
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
