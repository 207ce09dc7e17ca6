#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fit {

// Whether a file holds environment variables, by its name: ".env", "production.env", ".env.local".
bool is_env_file(const std::filesystem::path& file);

// Reads lines NAME=VALUE, as Docker Compose and systemd do, with names in lower case. Empty lines and lines
// that begin with "#" are skipped, and so are "export" before a name, and blanks and a comment (" #") behind
// a value. A value in single quotes is taken as it is; one in double quotes has \n, \" and \\. kInvalid
// naming `label` and the line for anything else.
Result<std::map<std::string, std::string>> parse_env_file(const std::string& label, std::string_view text);
// The same for a file of at most 1 MiB. The errors of read_file().
Result<std::map<std::string, std::string>> read_env_file(const std::filesystem::path& file);

}  // namespace fit
