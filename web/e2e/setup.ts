// Draws a sample catalogue and serves it, once for all tests, and makes the catalogue with users. Tests find them through
// the environment.
import { join } from "node:path";
import { Fit, makeDir, remove, run, tempDir } from "./fit";
import { makePeople } from "./people";
import { samplePieces } from "./pieces";

const items = () => process.env.FIT_ITEMS ?? "160";

export default async function setup() {
  const folder = tempDir();
  const data = join(folder, "data");
  const sample = join(folder, "sample");
  const people = join(folder, "people");
  makeDir(data);
  makeDir(people);
  run(data, "sample", sample, "--items", items(), "--seed", "7");
  run(data, "import", join(sample, "items.csv"), "--source", "sample");
  await makePeople(people, samplePieces(sample));
  const fit = await new Fit(data, { ALLOW_PRIVATE_ADDRESSES: "true" }).start();
  process.env.FIT_URL = fit.url;
  process.env.FIT_SAMPLE = sample;
  process.env.FIT_PEOPLE = people;
  return async () => {
    await fit.stop();
    remove(folder);
  };
}
