#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.h"

namespace fit::embed {

// The name of the model that is part of the program: no file of it is needed at run time.
inline constexpr std::string_view kBuiltinModel = "builtin";

// models/*/manifest.json as they were when the program was built.
std::span<const std::string_view> builtin_manifests();

// A file of models/builtin as it was when the program was built; nothing when there is none of this name.
std::optional<ByteView> builtin_model_file(std::string_view path);

}  // namespace fit::embed
