#pragma once

#include <string>

#include "cli/arguments.h"

namespace fit::cli {

struct UseSpaceArgs {
  std::string name;    // of the space, or its model
  bool force = false;  // although vectors are missing
  bool json = false;
};
void declare(Arguments& arguments, UseSpaceArgs& args);

}  // namespace fit::cli
