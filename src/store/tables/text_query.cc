#include "store/tables/text_query.h"

#include "base/format.h"

namespace fit::store {
namespace {

// Returns a form as a tsquery phrase; empty for a form that no item can have. Words have letters and digits
// only; they are quoted all the same.
std::string phrase(const std::string& form, std::string_view weights) {
  std::string text;
  std::size_t length = 0;
  bool starts = true;
  for (const char c : form) {
    if (c == ' ') {
      starts = true;
      continue;
    }
    if (starts) {
      if (!text.empty()) text += fit::format("'{} <-> ", weights);
      text += '\'';
      length = 0;
      starts = false;
    }
    text += c;
    if (c == '\'' || c == '\\') text += c;
    if (++length > kLongestIndexed) return {};
  }
  return text.empty() ? text : text + fit::format("'{}", weights);
}

}  // namespace

std::string any_form(std::span<const std::string> forms, std::string_view weights) {
  std::string text;
  for (const std::string& form : forms) {
    const std::string one = phrase(form, weights);
    if (!one.empty()) text += (text.empty() ? "(" : " | (") + one + ")";
  }
  return text;
}

}  // namespace fit::store
