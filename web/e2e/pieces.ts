// The pieces of the sample catalogue.
import { join } from "node:path";
import { readCsv, type Row } from "./fit";

export interface Piece extends Row {
  photo: string; // path of its first photo
}

export function samplePieces(folder: string): Piece[] {
  return readCsv(join(folder, "items.csv"))
    .filter((row) => row.status === "active")
    .map((row) => ({ ...row, photo: join(folder, (row.images ?? "").split("|")[0] ?? "") }));
}
