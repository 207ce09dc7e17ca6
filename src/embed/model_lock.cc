#include "embed/model_lock.h"

#include "base/files.h"
#include "base/json.h"

namespace fit::embed {
namespace {

constexpr std::uint64_t kMaxLock = 1 << 20;

}  // namespace

Result<ModelLock> load_model_lock(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "lock.json";
  const auto content = read_file(file, kMaxLock);
  if (!content && content.error().code == ErrorCode::kNotFound) return ModelLock();
  if (!content) return content.error();
  FIT_TRY(const Json json, parse_json(file.string(), as_text(*content)));
  const auto broken = [&] {
    return invalid(file.string(),
                   "is not a valid list of downloaded files; remove it and pull the model again");
  };
  if (!json.is_object() || !json.contains("files") || !json["files"].is_object()) return broken();
  ModelLock lock;
  for (const auto& [path, entry] : json["files"].items()) {
    const auto text = [&](const char* key) {
      return entry.is_object() && entry.contains(key) && entry[key].is_string()
                 ? entry[key].get<std::string>()
                 : std::string();
    };
    const bool sized =
        entry.is_object() && entry.contains("size_bytes") && entry["size_bytes"].is_number_unsigned();
    if (!sized || text("sha256").empty()) return broken();
    lock[path] = {text("sha256"), entry["size_bytes"].get<std::uint64_t>(), text("url")};
  }
  return lock;
}

Result<void> save_model_lock(const std::filesystem::path& folder, const ModelLock& lock) {
  Json json;
  json["files"] = Json::object();
  for (const auto& [path, file] : lock) {
    json["files"][path] = {{"sha256", file.sha256}, {"size_bytes", file.size_bytes}, {"url", file.url}};
  }
  return write_file_atomically(folder / "lock.json", as_bytes(dump_json(json, 2) + "\n"));
}

}  // namespace fit::embed
