#include "store/tables/value_keys.h"

#include "base/text.h"

namespace fit::store {
namespace {

constexpr std::size_t kMaxFilterKey = 200;    // bytes of a value that a filter may name
constexpr std::size_t kMaxCategoryKey = 250;  // characters that fit_key() keeps

}  // namespace

std::string value_key(std::string_view text) {
  return to_lower(text);
}

bool can_be_key(std::string_view text) {
  return !text.empty() && text.size() <= kMaxFilterKey && is_utf8(text) && !text.contains('\0');
}

std::string category_key(std::string_view category) {
  std::string key = to_lower(category);
  std::size_t characters = 0;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if ((static_cast<unsigned char>(key[i]) & 0xC0U) == 0x80) continue;
    if (++characters > kMaxCategoryKey) {
      key.resize(i);
      break;
    }
  }
  return key;
}

}  // namespace fit::store
