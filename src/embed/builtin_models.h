#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.h"

namespace fit::embed {

// The names of the models whose files are compiled into the program: the default embedder, a second one
// that EMBEDDING_MODEL or `fit space use` chooses, the default content filter, and the default detector of
// garments.
inline constexpr std::string_view kBuiltinModel = "builtin";
inline constexpr std::string_view kSightModel = "sight";
inline constexpr std::string_view kBuiltinContentFilter = "content-filter";
inline constexpr std::string_view kBuiltinDetector = "detector";

inline bool is_in_program(std::string_view model) {
  return model == kBuiltinModel || model == kSightModel || model == kBuiltinContentFilter ||
         model == kBuiltinDetector;
}

// The contents of models/*/manifest.json at build time.
std::span<const std::string_view> builtin_manifests();

// The content of the file models/<model>/<path> at build time; nullopt when it is not compiled in. The bytes
// live as long as the program.
std::optional<ByteView> builtin_model_file(std::string_view model, std::string_view path);

}  // namespace fit::embed
