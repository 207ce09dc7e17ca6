#include "base/format.h"

namespace fit {

std::string format_arguments(std::string_view pattern, std::format_args arguments) {
  return std::vformat(pattern, arguments);
}

}  // namespace fit
