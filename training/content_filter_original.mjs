// Reads and runs the classifier of the npm package nsfwjs. PACKAGE is node_modules/nsfwjs, with @tensorflow/tfjs beside it.
//
//   node content_filter_original.mjs unpack PACKAGE FOLDER
//     writes FOLDER/model.json and FOLDER/weights, which the package has as scripts, and its package.json
//   node content_filter_original.mjs run PACKAGE FOLDER
//     reads FOLDER/pixels, images of 224 x 224 RGB bytes one after the other, and writes FOLDER/probabilities.json, a list
//     of five probabilities for each
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [task, folder, work] = process.argv.slice(2);
const require = createRequire(join(resolve(folder), "package.json"));
const SIDE = 224;
const CLASSES = ["Drawing", "Hentai", "Neutral", "Porn", "Sexy"];

function unpack() {
  const files = join(resolve(folder), "dist/models/mobilenet_v2");
  mkdirSync(work, { recursive: true });
  copyFileSync(join(folder, "package.json"), join(work, "package.json"));
  writeFileSync(join(work, "model.json"), JSON.stringify(require(join(files, "model.min.js"))));
  writeFileSync(join(work, "weights"), Buffer.from(require(join(files, "group1-shard1of1.min.js")), "base64"));
}

async function run() {
  const tf = require("@tensorflow/tfjs");
  const nsfwjs = require(resolve(folder));
  await tf.setBackend("cpu");
  const model = await nsfwjs.load("MobileNetV2");
  const pixels = readFileSync(join(work, "pixels"));
  const size = SIDE * SIDE * 3;
  const all = [];
  for (let start = 0; start < pixels.length; start += size) {
    const image = tf.tensor3d(Int32Array.from(pixels.subarray(start, start + size)), [SIDE, SIDE, 3], "int32");
    const found = await model.classify(image, CLASSES.length);
    image.dispose();
    all.push(CLASSES.map((name) => found.find((one) => one.className === name).probability));
  }
  writeFileSync(join(work, "probabilities.json"), JSON.stringify(all));
}

await { unpack, run }[task]();
