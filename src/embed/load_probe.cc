#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>

#include "embed/onnx_embedder.h"

// load_probe FOLDER LINES: loads the model in FOLDER while another thread writes LINES lines to standard
// error. Prints on standard output whether ONNX Runtime was loaded before and after, and the outcome.
namespace {

bool has_onnxruntime() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find("libonnxruntime") != std::string::npos) return true;
  }
  return false;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const bool before = has_onnxruntime();
  std::atomic<int> left = std::stoi(arguments[2]);
  std::thread writer([&left] {
    for (; left > 0; --left) {
      if (::write(2, "a line of another thread\n", 25) != 25) return;
    }
  });
  const std::filesystem::path folder = arguments[1];
  auto manifest = fit::embed::load_manifest(folder / "manifest.json");
  auto loaded = manifest ? fit::embed::OnnxEmbedder::load(fit::embed::ModelFiles(folder), *manifest, {})
                         : manifest.error();
  writer.join();
  std::printf("%d %d %s\n", before ? 1 : 0, has_onnxruntime() ? 1 : 0,
              loaded ? "loaded" : loaded.error().describe().c_str());
  return loaded ? 0 : 1;
}
