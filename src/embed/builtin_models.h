#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.h"

namespace fit::embed {

// The name of the model whose files are compiled into the program.
inline constexpr std::string_view kBuiltinModel = "builtin";

// The contents of models/*/manifest.json at build time.
std::span<const std::string_view> builtin_manifests();

// The content of a file of models/builtin at build time; nullopt when there is no file with this name. The
// bytes live as long as the program.
std::optional<ByteView> builtin_model_file(std::string_view path);

}  // namespace fit::embed
