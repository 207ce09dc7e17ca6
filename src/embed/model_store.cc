#include "embed/model_store.h"

#include <algorithm>
#include <map>

#include "base/format.h"
#include "base/hash.h"
#include "embed/builtin_models.h"
#include "embed/model_lock.h"

namespace fit::embed {
namespace {

std::optional<std::uint64_t> expected_size(const ModelFile& file, const ModelLock& lock) {
  if (file.size_bytes) return file.size_bytes;
  const auto locked = lock.find(file.path);
  return locked == lock.end() ? std::nullopt : std::optional(locked->second.size_bytes);
}

// Sets the state and the problem from the presence and sizes of the files.
void update_state(ModelEntry& entry) {
  const auto lock = entry.in_program ? ModelLock() : load_model_lock(entry.folder).value_or(ModelLock());
  const ModelFiles files = entry.files();
  std::size_t present = 0;
  for (const ModelFile& file : entry.manifest.files) {
    const auto size = files.size_bytes(file.path);
    if (size) ++present;
    if (!entry.problem.empty()) continue;
    const auto expected = expected_size(file, lock);
    if (!size) {
      entry.problem = fit::format("the file '{}' is missing", file.path);
    } else if (expected && *expected != *size) {
      entry.problem = fit::format("the file '{}' has {} bytes instead of {}", file.path, *size, *expected);
    }
  }
  entry.state = present == 0            ? ModelState::kNotInstalled
                : entry.problem.empty() ? ModelState::kInstalled
                                        : ModelState::kDamaged;
  if (entry.state == ModelState::kNotInstalled) entry.problem.clear();
}

ModelEntry unreadable(std::string name, std::filesystem::path folder, const Error& error) {
  ModelEntry entry;
  entry.manifest.name = std::move(name);
  entry.folder = std::move(folder);
  entry.state = ModelState::kDamaged;
  entry.problem = error.describe();
  return entry;
}

Result<ModelEntry> read_folder(const std::filesystem::path& folder) {
  ModelEntry entry;
  FIT_TRY(entry.manifest, load_manifest(folder / "manifest.json"));
  entry.folder = folder;
  update_state(entry);
  return entry;
}

std::string quoted_names(const std::vector<ModelEntry>& entries) {
  std::string names;
  for (const ModelEntry& entry : entries)
    names += fit::format("{}'{}'", names.empty() ? "" : ", ", entry.manifest.name);
  return names;
}

}  // namespace

ModelStore::ModelStore(std::filesystem::path models_dir) : models_dir_(std::move(models_dir)) {}

std::vector<ModelEntry> ModelStore::list() const {
  std::map<std::string, ModelEntry> entries;
  for (const std::string_view text : builtin_manifests()) {
    auto manifest = parse_manifest("built-in manifest", text);
    if (!manifest) continue;  // cannot happen: a test parses each of them
    ModelEntry entry;
    entry.in_program = is_in_program(manifest->name);
    if (!entry.in_program) entry.folder = models_dir_ / manifest->name;
    entry.manifest = *std::move(manifest);
    entry.built_in = true;
    update_state(entry);
    entries.emplace(entry.manifest.name, std::move(entry));
  }
  std::error_code problem;
  for (auto folder = std::filesystem::directory_iterator(models_dir_, problem);
       !problem && folder != std::filesystem::end(folder); folder.increment(problem)) {
    const std::string name = folder->path().filename();
    std::error_code ignored;
    if (!is_model_name(name) || !std::filesystem::exists(folder->path() / "manifest.json", ignored)) continue;
    auto entry = read_folder(folder->path());
    if (entry && entry->manifest.name != name) {
      entry = invalid((folder->path() / "manifest.json").string(),
                      fit::format("names the model '{}', not its folder", entry->manifest.name));
    }
    const bool built_in = entries.contains(name);
    entries[name] = entry ? *std::move(entry) : unreadable(name, folder->path(), entry.error());
    entries[name].built_in = built_in;
  }
  std::vector<ModelEntry> list;
  list.reserve(entries.size());
  for (auto& [name, entry] : entries) list.push_back(std::move(entry));
  return list;
}

Result<ModelEntry> ModelStore::find(const std::string& name_or_folder) const {
  if (name_or_folder.find('/') != std::string::npos) return read_folder(name_or_folder);
  std::vector<ModelEntry> entries = list();
  const auto found =
      std::ranges::find(entries, name_or_folder, [](const ModelEntry& entry) { return entry.manifest.name; });
  if (found == entries.end()) {
    return Error{ErrorCode::kNotFound,
                 fit::format("there is no model '{}'; known are {}", name_or_folder, quoted_names(entries)),
                 "model",
                 {}};
  }
  if (found->manifest.files.empty()) return invalid("model", found->problem);
  return std::move(*found);
}

Result<std::vector<FileCheck>> ModelStore::verify(const std::string& name_or_folder) const {
  FIT_TRY(const ModelEntry entry, find(name_or_folder));
  ModelLock lock;
  if (!entry.in_program) {
    FIT_TRY(lock, load_model_lock(entry.folder));
  }
  const ModelFiles files = entry.files();
  std::vector<FileCheck> checks;
  for (const ModelFile& file : entry.manifest.files) {
    FileCheck check{file.path, false, {}};
    const auto locked = lock.find(file.path);
    const std::string expected = !file.sha256.empty()   ? file.sha256
                                 : locked != lock.end() ? locked->second.sha256
                                                        : std::string();
    const auto sum = files.sha256(file.path);
    if (!sum) {
      check.message = sum.error().code == ErrorCode::kNotFound ? "is missing" : "cannot be read";
    } else if (expected.empty()) {
      check.ok = true;
      check.message = fit::format("has SHA-256 {}; there is no expected checksum", *sum);
    } else if (*sum != expected) {
      check.message = fit::format("has SHA-256 {} instead of {}", *sum, expected);
    } else {
      check.ok = true;
      check.message = file.sha256.empty() ? "matches lock.json" : "matches the manifest";
    }
    checks.push_back(std::move(check));
  }
  return checks;
}

}  // namespace fit::embed
