#pragma once

#include <cstdint>
#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): the name of the library
class App;
}

namespace fit::cli {

// Declares the arguments of one command. The variables that are given receive the values when the command
// line is parsed, so they must live until then; their contents at the declaration are the defaults.
//
// T is one of std::string, std::filesystem::path, an integer type, std::optional<int>, std::optional<double>
// and, for options that may be repeated, std::vector<std::string>.
class Arguments {
 public:
  // `command` must outlive this object.
  explicit Arguments(CLI::App& command) : command_(command) {}

  template <class T>
  void positional(const std::string& name, T& value, const std::string& help);
  template <class T>
  void optional_positional(const std::string& name, T& value, const std::string& help);

  template <class T>
  void option(const std::string& name, T& value, const std::string& help);
  template <class T>
  void required_option(const std::string& name, T& value, const std::string& help);
  // For integer types: the help shows the default.
  template <class T>
  void number(const std::string& name, T& value, const std::string& help);
  // Values outside low..high are wrong usage.
  template <class T>
  void number(const std::string& name, T& value, std::int64_t low, std::int64_t high,
              const std::string& help);

  void flag(const std::string& name, bool& value, const std::string& help);

 private:
  CLI::App& command_;
};

}  // namespace fit::cli
