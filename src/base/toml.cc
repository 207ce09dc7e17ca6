#include "base/toml.h"

#include <sstream>
#include <toml++/toml.hpp>

#include "base/format.h"

namespace fit {

Result<Json> parse_toml(std::string_view field, std::string_view text) {
  try {
    const toml::table table = toml::parse(text);
    std::ostringstream json;
    json << toml::json_formatter{table};
    return parse_json(field, json.str());
  } catch (const toml::parse_error& error) {
    return invalid(std::string(field),
                   fit::format("line {}: {}", error.source().begin.line, error.description()));
  }
}

}  // namespace fit
