#include "ingest/import/saved_mapping.h"

#include "base/json.h"

namespace fit::ingest {
namespace {

// Reads what save_mapping() stored. A text in another form counts as no mapping.
void read_saved(const std::string& text, ImportOptions& options) {
  const auto saved = parse_json("", text);
  if (!saved || !saved->is_object()) return;
  const auto shape = saved->find("format");
  if (shape != saved->end() && shape->is_string()) options.shape = shape->get<std::string>();
  const auto mapping = saved->find("map");
  if (mapping == saved->end() || !mapping->is_array()) return;
  for (const Json& entry : *mapping) {
    if (entry.is_string()) options.mapping.push_back(entry.get<std::string>());
  }
}

std::string saved_name(const ImportOptions& options) {
  return "import/" + options.source;
}

bool is_none(const ImportOptions& options) {
  return options.mapping.size() == 1 && options.mapping.front() == "none";
}

}  // namespace

Result<bool> use_saved_mapping(store::Catalogue& store, ImportOptions& options) {
  if (is_none(options)) {
    options.mapping.clear();
    return false;
  }
  if (!options.shape.empty() || !options.mapping.empty()) return false;
  FIT_TRY(const std::string saved, store.metadata().get(saved_name(options)));
  if (saved.empty()) return false;
  read_saved(saved, options);
  return true;
}

Result<void> save_mapping(store::Catalogue& store, const ImportOptions& given) {
  if (is_none(given)) return store.metadata().put(saved_name(given), "");
  if (given.shape.empty() && given.mapping.empty()) return {};
  return store.metadata().put(saved_name(given),
                              dump_json({{"format", given.shape}, {"map", given.mapping}}));
}

}  // namespace fit::ingest
