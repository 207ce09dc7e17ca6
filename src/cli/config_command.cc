#include <iostream>

#include "base/format.h"
#include "base/json.h"
#include "cli/commands.h"

namespace fit::cli {

void print_config(const std::vector<ConfigValue>& values, const ConfigArgs& args) {
  if (args.json) {
    Json settings = Json::array();
    for (const ConfigValue& value : values) {
      settings.push_back({{"name", value.info.name},
                          {"environment", environment_name(value.info.name)},
                          {"flag", flag_name(value.info.name)},
                          {"value", value.value},
                          {"origin", to_string(value.origin)},
                          {"meaning", value.info.help}});
    }
    std::cout << dump_json(settings, 2) << "\n";
    return;
  }
  for (const ConfigValue& value : values) {
    std::cout << fit::format("{:<28} {:<24} {:<12} {}\n", environment_name(value.info.name),
                             value.value.empty() ? "\"\"" : value.value, to_string(value.origin),
                             value.info.help);
  }
}

}  // namespace fit::cli
