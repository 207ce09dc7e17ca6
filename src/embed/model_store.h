#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "embed/manifest.h"
#include "embed/model_files.h"
#include "net/http_client.h"

namespace fit::embed {

// The state of a model's files.
enum class ModelState {
  kNotInstalled,  // none of its files exists
  kInstalled,     // all of its files exist and have the known sizes
  kDamaged        // files are missing or have a wrong size, or the manifest is unreadable; see problem
};

// A model and its state on this machine.
struct ModelEntry {
  Manifest manifest;
  bool built_in = false;         // the program has its manifest
  bool in_program = false;       // the program has its files
  std::filesystem::path folder;  // empty when the program has its files
  ModelState state = ModelState::kNotInstalled;
  std::string problem;  // a message for users; empty without a problem

  ModelFiles files() const { return in_program ? ModelFiles::in_program(manifest.name) : ModelFiles(folder); }
};

// The result of verify() for one file.
struct FileCheck {
  std::string path;
  bool ok = false;
  std::string message;  // the problem, or the checksum that the file matches; follows the path
};

// The models that the program can use: those whose manifests are compiled in (models/ of the repository) and
// every folder <models_dir>/<name> with a manifest.json. A folder takes precedence over a compiled-in
// manifest of the same name.
//
// A downloaded file must have the SHA-256 of the manifest. Where the manifest has none, pull() expects the
// checksum that the server sends (X-Linked-ETag, as Hugging Face does); without either, it accepts any
// content. pull() writes the checksum of each file to <folder>/lock.json, so that verify() detects later
// damage, but not a wrong first download.
//
// Thread-safe; calls block. Of two concurrent pulls of a model, in any processes, the second returns
// kConflict.
class ModelStore {
 public:
  explicit ModelStore(std::filesystem::path models_dir);

  // Lists the models by name. A model whose manifest cannot be read is kDamaged and has its folder's name.
  std::vector<ModelEntry> list() const;

  // Finds a model by its name or by the path of its folder, which contains a '/'. kNotFound, naming the known
  // models; kInvalid when the manifest is invalid.
  Result<ModelEntry> find(const std::string& name_or_folder) const;

  // Where pull() downloads from, and its limits.
  struct PullOptions {
    // Replaces the scheme and host of each file's URL, for a mirror; may have a path. Empty: use the URLs.
    std::string base_url;
    net::HttpLimits limits{.max_bytes = 32ULL << 30};
    Progress progress = {};  // bytes of the whole model; the stage is the path of the file
  };

  // Downloads the missing and damaged files of a model. A file is written to `<path>.part`, where an
  // interrupted download resumes, and renamed once its checksum is verified. manifest.json and lock.json are
  // written to the same folder. A compiled-in model is returned unchanged. kBadGateway: the checksum is not
  // the expected one (the partial file is removed). kStorageFull: not enough free space. Other errors are
  // those of HttpClient::download().
  Result<ModelEntry> pull(const std::string& name, net::HttpClient& http, const PullOptions& options) const;

  // Reads every file and compares its checksum with the manifest, or with lock.json where the manifest has
  // none. The errors of find() and load_model_lock().
  Result<std::vector<FileCheck>> verify(const std::string& name_or_folder) const;

 private:
  std::filesystem::path models_dir_;
};

}  // namespace fit::embed
