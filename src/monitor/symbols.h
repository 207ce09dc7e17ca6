#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace fit::monitor {

// The names of the functions of a program or a library, from its table of symbols. Immutable.
class Symbols {
 public:
  // Reads a 64-bit ELF file. kInvalid for another one; the errors of read_file().
  static Result<Symbols> read(const std::filesystem::path& file);

  // The demangled name of the function with the instruction at an offset from the beginning of the loaded
  // file; empty where none is known. Names lack their parameters.
  std::string function_at(std::uint64_t offset) const;

 private:
  struct Function {
    std::uint64_t begin = 0;
    std::uint64_t size = 0;
    std::string name;
  };
  std::vector<Function> functions_;  // by `begin`
};

}  // namespace fit::monitor
