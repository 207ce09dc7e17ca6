#include "embed/model_lock.h"

#include "base/files.h"
#include "base/json_reader.h"

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
  JsonReader reader(json);
  ModelLock lock;
  for (auto& [path, entry] : reader.named_objects("files")) {
    lock[path] = {entry.text("sha256"), entry.count("size_bytes"), entry.optional_text("url")};
  }
  if (reader.find("files") == nullptr || !reader.ok()) {
    return invalid(file.string(),
                   "is not a valid list of downloaded files; remove it and pull the model again");
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
