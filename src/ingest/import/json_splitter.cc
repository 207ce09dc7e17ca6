#include "ingest/import/json_splitter.h"

#include <algorithm>
#include <array>

#include "base/format.h"
#include "base/json.h"

namespace fit::ingest {
namespace {

constexpr std::array kListNames =
    std::to_array<std::string_view>({"items", "products", "listings", "results", "data", "records", "entries",
                                     "offers", "articles", "rows", "itemSummaries", "item_summaries"});

// Finds the end of a JSON value character by character.
class ValueScanner {
 public:
  // Whether the value ends with this character. A number or word ends before a character for which
  // is_outside() is true.
  bool ends_with(char c) {
    if (in_string_) {
      if (is_escaped_)
        is_escaped_ = false;
      else if (c == '\\')
        is_escaped_ = true;
      else if (c == '"')
        in_string_ = false;
      return !in_string_ && depth_ == 0;
    }
    if (c == '"') in_string_ = true;
    if (c == '{' || c == '[') ++depth_;
    if (c == '}' || c == ']') return --depth_ <= 0;
    return false;
  }
  bool is_outside(char c) const { return !in_string_ && depth_ == 0 && (c == ',' || c == '}' || c == ']'); }

 private:
  int depth_ = 0;
  bool in_string_ = false;
  bool is_escaped_ = false;
};

}  // namespace

void JsonSplitter::consume(std::size_t bytes) {
  line_ += std::ranges::count(input_->window().substr(0, bytes), '\n');
  input_->consume(bytes);
}

Result<bool> JsonSplitter::has(std::size_t bytes) {
  while (input_->window().size() < bytes) {
    FIT_TRY(const bool more, input_->grow());
    if (!more) return false;
  }
  return true;
}

Result<bool> JsonSplitter::skip_blanks() {
  for (;;) {
    FIT_TRY(const bool more, has(1));
    if (!more) return false;
    const std::string_view window = input_->window();
    const std::size_t blanks = std::min(window.find_first_not_of(" \t\r\n"), window.size());
    if (blanks == 0) return true;
    consume(blanks);
  }
}

Result<JsonSplitter::Object> JsonSplitter::take_value() {
  Object object;
  object.line = line_;
  ValueScanner scanner;
  std::size_t size = 0;
  for (bool is_open = true; is_open;) {
    FIT_TRY(const bool more, has(size + 1));
    if (!more) {
      if (object.problem.empty()) object.problem = "is not complete";
      break;
    }
    const std::string_view window = input_->window();
    while (is_open && size < window.size()) {
      if (scanner.is_outside(window[size])) {
        is_open = false;
        break;
      }
      is_open = !scanner.ends_with(window[size++]);
    }
    if (size > max_object_bytes_) {
      if (object.problem.empty()) object.text = window.substr(0, 1024);
      object.problem = fit::format("is longer than {} bytes", max_object_bytes_);
      consume(size);
      size = 0;
    }
  }
  if (object.problem.empty())
    object.text = input_->window().substr(0, size);
  else if (object.text.empty())
    object.text = input_->window().substr(0, std::min<std::size_t>(size, 1024));
  consume(size);
  object.end_offset = input_->position();
  return object;
}

Result<std::string> JsonSplitter::take_name() {
  FIT_TRY(const Object name, take_value());
  const auto text = parse_json("", name.text);
  if (!text || !text->is_string())
    return malformed("", fit::format("line {}: a member has no name", name.line));
  FIT_TRY(const bool more, skip_blanks());
  if (!more || first() != ':') return malformed("", fit::format("line {}: a member has no value", name.line));
  consume(1);
  FIT_TRY(const bool value, skip_blanks());
  if (!value) return malformed("", "the document ends too early");
  return text->get<std::string>();
}

// Moves to the first object of the list, or reads the document as one object.
Result<void> JsonSplitter::find_list() {
  state_ = State::kDone;
  FIT_TRY(const bool more, skip_blanks());
  if (!more) return {};
  if (first() == '[') {
    consume(1);
    state_ = State::kList;
    return {};
  }
  if (first() != '{') return malformed("", "the document is neither a list nor an object");
  // Whether the document has a list is known only at its end. Until then its members are collected, as long
  // as they are small enough to be one item.
  Json members = Json::object();
  std::uint64_t bytes = 0;
  single_.line = line_;
  for (int depth = 0; depth <= kMaxDepth;) {
    consume(1);  // "{" or ","
    FIT_TRY(const bool inside, skip_blanks());
    if (!inside) return malformed("", "the document ends too early");
    if (first() == '}') break;
    FIT_TRY(const std::string name, take_name());
    if (std::ranges::contains(kListNames, name) && first() == '[') {
      consume(1);
      FIT_TRY(const bool list, skip_blanks());
      if (list && (first() == '{' || first() == ']')) {
        state_ = State::kList;
        return {};
      }
      while (list && first() != ']') {
        FIT_TRY(const Object value, take_value());
        if (value.text.empty())
          return malformed("", fit::format("line {}: the list cannot be read", value.line));
        FIT_TRY(const bool rest, skip_blanks());
        if (!rest) return malformed("", "the document ends too early");
        if (first() == ',') consume(1);
      }
      if (list) consume(1);
    } else if (std::ranges::contains(kListNames, name) && first() == '{') {
      ++depth;
      continue;
    } else {
      FIT_TRY(const Object value, take_value());
      bytes += value.text.size();
      if (bytes <= max_object_bytes_) {
        if (auto json = parse_json("", value.text)) members[name] = *std::move(json);
      }
    }
    FIT_TRY(const bool rest, skip_blanks());
    if (!rest || first() != ',') break;
  }
  single_.text = dump_json(members);
  single_.end_offset = input_->position();
  if (bytes > max_object_bytes_) single_.problem = fit::format("is longer than {} bytes", max_object_bytes_);
  state_ = members.empty() ? State::kDone : State::kSingle;
  return {};
}

Result<std::optional<JsonSplitter::Object>> JsonSplitter::next() {
  if (state_ == State::kStart) FIT_CHECK(find_list());
  if (state_ == State::kSingle) {
    state_ = State::kDone;
    return std::move(single_);
  }
  if (state_ == State::kDone) return std::nullopt;
  FIT_TRY(bool more, skip_blanks());
  if (more && first() == ',') {
    consume(1);
    FIT_TRY(more, skip_blanks());
  }
  if (!more) {
    state_ = State::kDone;
    return malformed("", fit::format("the list does not end; the document ends at line {}", line_));
  }
  if (first() == ']') {
    state_ = State::kDone;
    return std::nullopt;
  }
  const std::int64_t line = line_;
  FIT_TRY(Object object, take_value());
  if (object.text.empty()) {
    state_ = State::kDone;
    return malformed("", fit::format("line {}: the list cannot be read", line));
  }
  return object;
}

}  // namespace fit::ingest
