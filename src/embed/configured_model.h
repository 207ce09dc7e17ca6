#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "embed/model_store.h"

namespace fit::embed {

// Returns an error about a model with the name of the setting that chose the model as its field.
Error naming_setting(std::string_view setting, Error error);

// Finds the model that a setting names. The errors of ModelStore::find(), and kUnavailable for a model that
// is not installed, all naming the setting.
Result<ModelEntry> find_configured_model(std::string_view setting, const std::string& model,
                                         const std::filesystem::path& models_dir);

// Loads the model that a setting names by Model::load(files, manifest). The errors of find_configured_model()
// and Model::load(), all naming the setting.
template <class Model>
Result<std::unique_ptr<Model>> open_configured_model(std::string_view setting, const std::string& model,
                                                     const std::filesystem::path& models_dir) {
  FIT_TRY(ModelEntry entry, find_configured_model(setting, model, models_dir));
  const ModelFiles files = entry.files();
  auto loaded = Model::load(files, std::move(entry.manifest));
  if (!loaded) return naming_setting(setting, std::move(loaded).error());
  return loaded;
}

}  // namespace fit::embed
