#pragma once

#include <string>

#include "cli/arguments.h"

namespace fit::cli {

// Of the commands on one model.
struct ModelArgs {
  std::string name;
};
void declare(Arguments& arguments, ModelArgs& args);

}  // namespace fit::cli
