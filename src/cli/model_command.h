#pragma once

#include <string>

#include "cli/arguments.h"

namespace fit::cli {

// The arguments of the commands on one model.
struct ModelArgs {
  std::string name;
};
void declare(Arguments& arguments, ModelArgs& args);

}  // namespace fit::cli
