#include "domain/properties_json.h"

namespace fit::domain {

Json properties_json(const Properties& values) {
  Json properties = Json::object();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i].empty()) properties[std::string(kProperties[i])] = values[i];
  }
  return properties;
}

}  // namespace fit::domain
