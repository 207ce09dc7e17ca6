#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "embed/model_store.h"

namespace fit::embed {

// Returns an error about a model with the name of the setting that chose the model as its field.
Error naming_setting(std::string_view setting, Error error);

// Finds the model that a setting names. The errors of ModelStore::find(), and kUnavailable for a model that
// is not installed, all naming the setting.
Result<ModelEntry> find_configured_model(std::string_view setting, const std::string& model,
                                         const std::filesystem::path& models_dir);

}  // namespace fit::embed
