#include <iostream>

#include "base/format.h"
#include "base/json.h"
#include "cli/commands.h"

namespace fit::cli {

void print_config(const std::vector<ConfigValue>& values, const std::string& chosen_space,
                  const ConfigArgs& args) {
  if (args.json) {
    Json settings = Json::array();
    for (const ConfigValue& value : values) {
      settings.push_back({{"name", value.info.name},
                          {"environment", environment_name(value.info.name)},
                          {"flag", flag_name(value.info.name)},
                          {"value", value.value},
                          {"origin", to_string(value.origin)},
                          {"meaning", value.info.help}});
      const bool is_overruled = !chosen_space.empty() && value.info.name.starts_with("embedding_") &&
                                value.info.name != "embedding_threads";
      if (is_overruled) settings.back()["overruled_by"] = "fit space use " + chosen_space;
    }
    std::cout << dump_json(settings, 2) << "\n";
    return;
  }
  for (const ConfigValue& value : values) {
    std::cout << fit::format("{:<28} {:<24} {:<12} {}\n", environment_name(value.info.name),
                             value.value.empty() ? "\"\"" : value.value, to_string(value.origin),
                             value.info.help);
  }
  if (!chosen_space.empty()) {
    std::cout << fit::format(
        "\nSearches use the space {0}, chosen with \"fit space use {0}\": it goes before EMBEDDING_PROVIDER "
        "and "
        "EMBEDDING_MODEL.\n",
        chosen_space);
  }
}

}  // namespace fit::cli
