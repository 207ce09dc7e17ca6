#pragma once

#include <format>
#include <string>
#include <string_view>

namespace fit {

// std::vformat.
std::string format_arguments(std::string_view pattern, std::format_args arguments);

// std::format, checked by the compiler in the same way and with the same result; throws as it does. But the
// formatting is compiled once, in format.cc, where every file that calls std::format compiles it anew: two
// seconds each.
template <class... Arguments>
std::string format(std::format_string<Arguments...> pattern, Arguments&&... arguments) {
  return format_arguments(pattern.get(), std::make_format_args(arguments...));
}

}  // namespace fit
