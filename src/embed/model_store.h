#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "embed/manifest.h"
#include "embed/model_files.h"
#include "net/http_client.h"

namespace fit::embed {

enum class ModelState {
  kNotInstalled,  // none of its files is there
  kInstalled,     // all of them, with the sizes known for them
  kDamaged        // some of them, a wrong size, or an unreadable manifest: ModelEntry::problem says what
};

struct ModelEntry {
  Manifest manifest;
  bool built_in = false;    // the program knows it; otherwise its folder was put there
  bool in_program = false;  // its files are part of the program; `folder` is empty then
  std::filesystem::path folder;
  ModelState state = ModelState::kNotInstalled;
  std::string problem;  // empty, or what is wrong, for people

  ModelFiles files() const { return in_program ? ModelFiles::in_program() : ModelFiles(folder); }
};

// What verify() found out about one file.
struct FileCheck {
  std::string path;
  bool ok = false;
  std::string message;  // "is missing", "has another SHA-256 than ...", or against what it was checked
};

// The models that this program can use: those whose manifests are built in (models/ of the repository) and
// every folder <models_dir>/<name> with a manifest.json, which goes first when both have the name.
//
// Where the manifest states a file's SHA-256, that is what a download must have. Where it does not, pull()
// takes the sum that the server names (X-Linked-ETag, as Hugging Face sends it), and where there is none
// either, whatever comes: the sum of what came is written to <folder>/lock.json, so that verify() can tell
// later damage, but not a wrong file at the first download.
//
// Thread-safe; calls block. Two pulls of the same model at once, of this or other processes: the second gets
// kConflict.
class ModelStore {
 public:
  explicit ModelStore(std::filesystem::path models_dir);

  // By name. Entries whose manifest cannot be read are listed as kDamaged under their folder's name.
  std::vector<ModelEntry> list() const;

  // A known name, or the path of a model folder anywhere (recognised by a '/'). kNotFound, naming those there
  // are; kInvalid when its manifest is not right.
  Result<ModelEntry> find(const std::string& name_or_folder) const;

  struct PullOptions {
    // In place of "https://huggingface.co" or whatever scheme and host a file's URL has: a company's mirror.
    // May have a path.
    std::string base_url;
    net::HttpLimits limits{.max_bytes = 32ULL << 30};
    // The file at work, and bytes done and in all of the whole model (0 when not known).
    std::function<void(const std::string& path, std::uint64_t done_bytes, std::uint64_t total_bytes)>
        progress;
  };

  // Downloads what is missing or damaged. Each file goes to `<path>.part`, where an interrupted download is
  // taken up again, and gets its name once its sum is right. Writes manifest.json and lock.json beside them.
  // Nothing happens to a model that is part of the program. kBadGateway: another sum than expected (the part
  // is removed). kStorageFull: it would not fit. Others as HttpClient::download.
  Result<ModelEntry> pull(const std::string& name, net::HttpClient& http, const PullOptions& options) const;

  // Reads every file and compares sums: with the manifest, else with lock.json.
  Result<std::vector<FileCheck>> verify(const std::string& name_or_folder) const;

 private:
  std::filesystem::path models_dir_;
};

}  // namespace fit::embed
