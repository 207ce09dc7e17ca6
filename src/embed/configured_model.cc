#include "embed/configured_model.h"

#include <utility>

#include "base/format.h"

namespace fit::embed {

Error naming_setting(std::string_view setting, Error error) {
  if (!error.field.empty() && error.field != "model" && error.field != setting) {
    error.message = error.field + " " + error.message;
  }
  error.field = setting;
  return error;
}

Result<ModelEntry> find_configured_model(std::string_view setting, const std::string& model,
                                         const std::filesystem::path& models_dir) {
  auto entry = ModelStore(models_dir).find(model);
  if (!entry) return naming_setting(setting, std::move(entry).error());
  if (entry->state == ModelState::kNotInstalled) {
    return Error{ErrorCode::kUnavailable,
                 fit::format("the model '{0}' is not installed; run: fit model pull {0}", model),
                 std::string(setting), entry->folder.string()};
  }
  return entry;
}

}  // namespace fit::embed
