#include "ingest/import/table_separator.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "ingest/import/cell_values.h"

namespace fit::ingest {
namespace {

constexpr std::string_view kSeparators = ",;\t|";
constexpr std::size_t kMaxHeader = 1 << 20;

// The number of fields of a line with this separator.
std::size_t count_fields(std::string_view line, char separator) {
  std::size_t fields = 1;
  bool is_quoted = false;
  for (const char c : line) {
    if (c == '"') is_quoted = !is_quoted;
    fields += c == separator && !is_quoted ? 1 : 0;
  }
  return fields;
}

}  // namespace

Result<Separator> find_separator(TextInput& input) {
  for (std::int64_t line_number = 1;; ++line_number) {
    std::size_t end = 0;
    for (;;) {
      const std::string_view window = input.window();
      end = std::min(window.find('\n'), window.size());
      if (end < window.size() || window.size() > kMaxHeader) break;
      FIT_TRY(const bool more, input.grow());
      if (!more) break;
    }
    const std::string_view line = input.window().substr(0, std::min(end, input.window().size()));
    const bool is_last = line.size() == input.window().size();
    const std::string_view text = trim_marks(line);
    std::string_view stated = text;
    if (stated.starts_with('"')) stated.remove_prefix(1);
    if (to_lower(stated.substr(0, 4)) == "sep=" && stated.size() <= 6) {
      const char separator = stated.size() > 4 ? stated[4] : '\t';
      input.consume(line.size() + (is_last ? 0 : 1));
      return Separator{separator, line_number + 1};
    }
    if (text.empty() && !is_last) {
      input.consume(line.size() + 1);
      continue;
    }
    const auto most =
        std::ranges::max_element(kSeparators, {}, [&](char c) { return count_fields(line, c); });
    return Separator{*most, line_number};
  }
}

}  // namespace fit::ingest
