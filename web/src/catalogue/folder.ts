// Turns the photos of a folder into items as `fit import` does: the path is the id, the last folder the category, and the
// file's name the title if it is descriptive.

export interface FolderPhoto {
  file: File;
  path: string; // relative to the chosen folder
}

const PHOTO = /\.(jpe?g|jpe|jfif|png|webp|avif|heic|heif|gif)$/i;

const VIDEO = /\.(mp4|m4v|mov|webm|mkv)$/i;

export const isPhoto = (file: File) => PHOTO.test(file.name) || file.type.startsWith("image/");

export const isPhotoOrVideo = (file: File) => isPhoto(file) || VIDEO.test(file.name) || file.type.startsWith("video/");

// Folders in which other programs keep thumbnails and deleted files, and hidden ones.
const OTHERS = /(^|\/)(\.[^/]*|@eaDir|#recycle|@recycle|\$recycle\.bin|__macosx|_?thumb(nail)?s?)\//i;

// A file that is not taken: its folder belongs to another program, or it is of another type.
export interface SkippedFile {
  path: string; // relative to the chosen folder
  why: "folder" | "type";
}

export interface FolderFiles {
  photos: FolderPhoto[];
  skipped: SkippedFile[];
}

type Takes = (file: File) => boolean;

function sort(file: File, path: string, found: FolderFiles, takes: Takes) {
  if (OTHERS.test(path)) found.skipped.push({ path, why: "folder" });
  else if (takes(file)) found.photos.push({ file, path });
  else found.skipped.push({ path, why: "type" });
}

// `takes` says which files are wanted: photos where it is not given.
export function fromInput(files: File[], takes: Takes = isPhoto): FolderFiles {
  const found: FolderFiles = { photos: [], skipped: [] };
  for (const file of files) {
    const path = file.webkitRelativePath || file.name;
    sort(file, path.includes("/") ? path.slice(path.indexOf("/") + 1) : path, found, takes);
  }
  return found;
}

async function readAll(entry: FileSystemEntry, path: string, found: FolderFiles, takes: Takes): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    sort(file, path, found, takes);
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return;
    for (const child of batch) await readAll(child, path ? `${path}/${child.name}` : child.name, found, takes);
  }
}

// The dropped files and folders. `files` are those beside folders that `takes` does not want.
export async function fromDrop(transfer: DataTransfer, takes: Takes = isPhoto): Promise<FolderFiles & { files: File[]; name?: string }> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const files = [...transfer.files];
  const found: FolderFiles = { photos: [], skipped: [] };
  let name: string | undefined;
  for (const [index, entry] of entries.entries()) {
    if (entry?.isDirectory) {
      name ??= entry.name;
      await readAll(entry, entries.length > 1 ? entry.name : "", found, takes);
    } else {
      const file = files[index];
      if (file && takes(file)) found.photos.push({ file, path: file.name });
    }
  }
  return { ...found, files: files.filter((file, index) => !takes(file) && !entries[index]?.isDirectory), name };
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
