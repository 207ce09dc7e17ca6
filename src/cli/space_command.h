#pragma once

#include <string>

#include "cli/arguments.h"

namespace fit::cli {

// The arguments of `fit space use`.
struct UseSpaceArgs {
  std::string name;    // the name of the space or of its model
  bool force = false;  // chooses the space even if vectors are missing
  bool json = false;
};
void declare(Arguments& arguments, UseSpaceArgs& args);

}  // namespace fit::cli
