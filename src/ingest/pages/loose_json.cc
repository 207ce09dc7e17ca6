#include "ingest/pages/loose_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

#include "base/text.h"

namespace fit::ingest {
namespace {

constexpr int kMaxLooseDepth = 64;
constexpr std::size_t kMaxDocuments = 200;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '$';
}

void append_utf8(std::uint32_t code, std::string& text) {
  const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

class LooseReader {
 public:
  LooseReader(std::string_view text, const JsonLimits& limits) : text_(text), limits_(limits) {}

  std::size_t position() const { return at_; }
  // Continues at another offset. The values of all calls count together.
  void seek(std::size_t at) { at_ = at; }

  std::optional<Json> value(int depth) {
    skip_blanks();
    if (at_ == text_.size() || ++values_ > limits_.values) return std::nullopt;
    const char c = text_[at_];
    if (c == '{') return depth < kMaxLooseDepth ? object(depth + 1) : std::nullopt;
    if (c == '[') return depth < kMaxLooseDepth ? list(depth + 1) : std::nullopt;
    if (c == '"' || c == '\'' || c == '`') return Json(string());
    if (is_digit(c) || c == '-' || c == '+' || c == '.') return number();
    if (c == '!') {  // minified JavaScript writes true as !0
      const bool is_true = text_.substr(at_).starts_with("!0");
      at_ = std::min(at_ + 2, text_.size());
      return Json(is_true);
    }
    return word();
  }

 private:
  bool take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void skip_blanks() {
    while (at_ < text_.size()) {
      const std::string_view rest = text_.substr(at_);
      if (static_cast<unsigned char>(rest[0]) <= ' ') {
        ++at_;
      } else if (rest.starts_with("\u00A0") || rest.starts_with("\uFEFF")) {
        at_ += rest[0] == '\xC2' ? 2 : 3;
      } else if (rest.starts_with("/*")) {
        at_ = std::min(text_.find("*/", at_ + 2), text_.size() - 2) + 2;
      } else if (rest.starts_with("//")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return;
      }
    }
  }

  std::optional<Json> list(int depth) {
    ++at_;
    Json result = Json::array();
    while (true) {
      skip_blanks();
      if (take(',')) continue;
      if (at_ == text_.size() || take(']')) return result;
      if (text_[at_] == '}' || text_[at_] == ';') return result;
      auto element = value(depth);
      if (!element) return result;
      result.push_back(*std::move(element));
    }
  }

  std::optional<Json> object(int depth) {
    ++at_;
    Json result = Json::object();
    auto& members = result.get_ref<Json::object_t&>();
    while (true) {
      skip_blanks();
      if (take(',')) continue;
      if (at_ == text_.size() || take('}')) return result;
      const char c = text_[at_];
      std::string name;
      if (c == '"' || c == '\'') {
        name = string();
      } else if (is_word(c)) {
        while (at_ < text_.size() && (is_word(text_[at_]) || text_[at_] == '-')) name += text_[at_++];
      } else {
        return result;
      }
      skip_blanks();
      if (!take(':')) return result;
      auto member = value(depth);
      if (!member) return result;
      // The first of several members with a name counts, as find() returns it; no search for each name.
      if (members.size() < limits_.members) members.emplace_back(std::move(name), *std::move(member));
    }
  }

  // Whether the quote here ends its text: a quote inside of a text is followed by other characters.
  bool ends_string() const {
    const std::size_t next = text_.find_first_not_of(" \t\r\n", at_ + 1);
    return next == std::string_view::npos || std::string_view(",:;}])/\"'").contains(text_[next]);
  }

  std::string string() {
    const char quote = text_[at_++];
    std::string value;
    while (at_ < text_.size() && (text_[at_] != quote || !ends_string())) {
      const char c = text_[at_++];
      if (c == '\\' && at_ < text_.size()) {
        escape(value);
      } else {
        value += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
      }
    }
    if (at_ < text_.size()) ++at_;
    return value;
  }

  std::optional<std::uint32_t> hex(std::size_t digits) {
    std::uint32_t code = 0;
    if (at_ + digits > text_.size()) return std::nullopt;
    const char* const begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, begin + digits, code, 16);
    if (error != std::errc{} || end != begin + digits) return std::nullopt;
    at_ += digits;
    return code;
  }

  void escape(std::string& value) {
    const char c = text_[at_++];
    switch (c) {
      case 'n':
        value += '\n';
        return;
      case 't':
      case 'r':
      case 'b':
      case 'f':
        value += ' ';
        return;
      case 'x':
        append_utf8(hex(2).value_or('x'), value);
        return;
      case 'u':
        return unicode(value);
      default:
        value += c;
    }
  }

  void unicode(std::string& value) {
    std::uint32_t code = hex(4).value_or(0xFFFD);
    if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
      at_ += 2;
      const std::uint32_t low = hex(4).value_or(0);
      code = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) : 0xFFFD;
    }
    if (code >= 0xD800 && code < 0xE000) code = 0xFFFD;
    if (code != 0) append_utf8(code, value);
  }

  std::optional<Json> number() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (is_digit(text_[at_]) || std::string_view("+-.eE").contains(text_[at_]))) {
      ++at_;
    }
    std::string_view digits = text_.substr(begin, at_ - begin);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    std::int64_t whole = 0;
    const char* const end = digits.data() + digits.size();
    if (const auto [stop, error] = std::from_chars(digits.data(), end, whole);
        error == std::errc{} && stop == end) {
      return whole < 0 ? Json(whole) : Json(static_cast<std::uint64_t>(whole));
    }
    double real = 0;
    const auto [stop, error] = std::from_chars(digits.data(), end, real);
    if (error != std::errc{} || stop != end || !std::isfinite(real)) return Json(std::string(digits));
    return Json(real);
  }

  // true, false, null, or an expression of JavaScript, which is skipped up to the next separator.
  std::optional<Json> word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (name.empty()) return std::nullopt;
    if (name == "true") return Json(true);
    if (name == "false") return Json(false);
    skip_expression();
    return Json();
  }

  void skip_expression() {
    int open = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '(' || c == '[' || c == '{') ++open;
      if (open == 0 && (c == ',' || c == '}' || c == ']' || c == ';' || c == '\n')) return;
      if (c == ')' || c == ']' || c == '}') --open;
    }
  }

  const std::string_view text_;
  const JsonLimits limits_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
};

std::vector<Json> documents(std::string_view script) {
  std::vector<Json> found;
  LooseReader reader(script, {});
  std::size_t at = script.find_first_of("{[");
  while (at != std::string_view::npos && found.size() < kMaxDocuments) {
    reader.seek(at);
    auto one = reader.value(0);
    if (!one) break;
    at = script.find_first_of("{[", std::max(reader.position(), at + 1));
    if (!one->empty()) found.push_back(*std::move(one));
  }
  return found;
}

}  // namespace

std::optional<LooseJson> read_loose_json(std::string_view text, const JsonLimits& limits) {
  LooseReader reader(text, limits);
  auto value = reader.value(0);
  if (!value) return std::nullopt;
  return LooseJson{*std::move(value), reader.position()};
}

std::vector<Json> read_json_script(std::string_view script) {
  std::string_view text = trim(script);
  constexpr std::string_view kCdata = "<![CDATA[";
  const std::size_t cdata = text.find(kCdata);
  if (cdata < text.find('{')) text.remove_prefix(cdata + kCdata.size());
  if (auto strict = parse_json("", text)) {
    if (!strict->is_structured()) return {};
    std::vector<Json> one;
    one.push_back(*std::move(strict));
    return one;
  }
  const std::size_t first = text.find_first_of("{[");
  const bool is_escaped =
      first != std::string_view::npos && trim(text.substr(first + 1)).starts_with("&quot;");
  if (!is_escaped) return documents(text);
  // Escaped markup inside of the texts would be removed with the quotes, so that only the quotes are
  // resolved.
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at).starts_with("&quot;")) {
      plain += '"';
      at += 6;
    } else {
      plain += text[at++];
    }
  }
  return documents(plain);
}

}  // namespace fit::ingest
