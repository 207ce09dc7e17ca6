#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <vector>

namespace fit::cli {

namespace {

// Each occurrence of the option takes one value and not the arguments that follow it.
template <class T>
CLI::Option* add_option(CLI::App& command, const std::string& name, T& value, const std::string& help) {
  CLI::Option* const option = command.add_option(name, value, help);
  if constexpr (std::is_same_v<T, std::vector<std::string>>) option->allow_extra_args(false);
  return option;
}

}  // namespace

template <class T>
void Arguments::positional(const std::string& name, T& value, const std::string& help) {
  add_option(command_, name, value, help)->required();
}

template <class T>
void Arguments::optional_positional(const std::string& name, T& value, const std::string& help) {
  command_.add_option(name, value, help);
}

template <class T>
void Arguments::option(const std::string& name, T& value, const std::string& help) {
  add_option(command_, name, value, help);
}

template <class T>
void Arguments::required_option(const std::string& name, T& value, const std::string& help) {
  command_.add_option(name, value, help)->required();
}

template <class T>
void Arguments::number(const std::string& name, T& value, const std::string& help) {
  command_.add_option(name, value, help)->capture_default_str();
}

template <class T>
void Arguments::number(const std::string& name, T& value, std::int64_t low, std::int64_t high,
                       const std::string& help) {
  command_.add_option(name, value, help)->capture_default_str()->check(CLI::Range(low, high));
}

void Arguments::flag(const std::string& name, bool& value, const std::string& help) {
  command_.add_flag(name, value, help);
}

using std::filesystem::path;
using Texts = std::vector<std::string>;

template void Arguments::positional(const std::string&, path&, const std::string&);
template void Arguments::positional(const std::string&, std::string&, const std::string&);
template void Arguments::optional_positional(const std::string&, path&, const std::string&);
template void Arguments::optional_positional(const std::string&, std::string&, const std::string&);
template void Arguments::option(const std::string&, path&, const std::string&);
template void Arguments::option(const std::string&, std::string&, const std::string&);
template void Arguments::option(const std::string&, std::optional<int>&, const std::string&);
template void Arguments::option(const std::string&, std::optional<double>&, const std::string&);
template void Arguments::option(const std::string&, Texts&, const std::string&);
template void Arguments::required_option(const std::string&, std::string&, const std::string&);
template void Arguments::required_option(const std::string&, Texts&, const std::string&);
template void Arguments::number(const std::string&, int&, const std::string&);
template void Arguments::number(const std::string&, std::int64_t&, const std::string&);
template void Arguments::number(const std::string&, std::uint64_t&, const std::string&);
template void Arguments::number(const std::string&, int&, std::int64_t, std::int64_t, const std::string&);
template void Arguments::number(const std::string&, std::int64_t&, std::int64_t, std::int64_t,
                                const std::string&);
template void Arguments::number(const std::string&, std::uint64_t&, std::int64_t, std::int64_t,
                                const std::string&);

}  // namespace fit::cli
