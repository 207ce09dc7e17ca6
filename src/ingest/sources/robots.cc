#include "ingest/sources/robots.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace fit::ingest {
namespace {

constexpr std::string_view kUpperHex = "0123456789ABCDEF";
constexpr double kLongestCrawlDelay = 86'400;  // seconds

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// A target or a pattern in one form, so that octets can be compared (RFC 9309, 2.2.2): escapes of unreserved
// characters are resolved, other escapes have upper case, and octets outside ASCII are escaped.
std::string normal_target(std::string_view text) {
  std::string normal;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    const bool is_escape =
        c == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    if (is_escape) {
      c = static_cast<char>((hex_value(text[i + 1]) * 16) + hex_value(text[i + 2]));
      i += 2;
    }
    const auto octet = static_cast<unsigned char>(c);
    if ((is_escape && !is_unreserved(c)) || octet >= 0x80) {
      normal += '%';
      normal += kUpperHex[octet >> 4];
      normal += kUpperHex[octet & 15];
    } else {
      normal += c;
    }
  }
  return normal;
}

// Whether a rule's pattern matches: from the beginning, "*" stands for any octets, "$" at its end for the
// end.
bool matches_rule(std::string_view pattern, std::string_view target) {
  const bool to_end = pattern.ends_with('$');
  if (to_end) pattern.remove_suffix(1);
  std::size_t star = pattern.find('*');
  const std::string_view head = pattern.substr(0, star);
  if (!target.starts_with(head)) return false;
  if (star == std::string_view::npos) return !to_end || target.size() == head.size();
  target.remove_prefix(head.size());
  while (star != std::string_view::npos) {
    pattern.remove_prefix(star + 1);
    star = pattern.find('*');
    const std::string_view piece = pattern.substr(0, star);
    if (star == std::string_view::npos && to_end) return target.ends_with(piece);
    const std::size_t at = target.find(piece);
    if (at == std::string_view::npos) return false;
    target.remove_prefix(at + piece.size());
  }
  return true;
}

// The product token at the beginning of a user-agent line's value.
std::string_view product_token(std::string_view value) {
  std::size_t end = 0;
  while (end < value.size() &&
         ((value[end] >= 'a' && value[end] <= 'z') || value[end] == '_' || value[end] == '-'))
    ++end;
  return value.substr(0, end);
}

}  // namespace

// Sorts the lines into those of the program's own groups and those of "*".
struct Robots::Lines {
  std::string token;  // lower case
  Robots own;
  Robots others;
  bool has_own = false;
  bool is_own = false;     // whether the current group is the program's
  bool is_others = false;  // whether it is that of "*"
  bool in_agents = false;  // whether the line before was a user-agent line
  std::vector<std::string> sitemaps;

  void add_agent(std::string_view value) {
    if (!in_agents) is_own = is_others = false;
    in_agents = true;
    const std::string lower = to_lower(value);
    if (lower.starts_with('*')) {
      is_others = true;
    } else if (product_token(lower) == token) {
      is_own = has_own = true;
    }
  }

  void add_rule(std::string_view value, bool is_allowed) {
    in_agents = false;
    if (value.empty()) return;  // "Disallow:" forbids nothing
    std::string pattern = normal_target(value);
    if (!pattern.starts_with('/') && !pattern.starts_with('*')) pattern.insert(0, "/");
    pattern.erase(std::ranges::unique(pattern, [](char a, char b) { return a == '*' && b == '*'; }).begin(),
                  pattern.end());
    if (is_own) own.rules_.push_back({pattern, is_allowed});
    if (is_others) others.rules_.push_back({std::move(pattern), is_allowed});
  }

  void add_delay(std::string_view value) {
    in_agents = false;
    double seconds = -1;
    const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (problem != std::errc{} || !std::isfinite(seconds) || seconds < 0) return;
    const std::chrono::milliseconds delay(
        static_cast<std::int64_t>(std::min(seconds, kLongestCrawlDelay) * 1000));
    if (is_own) own.crawl_delay_ = std::max(delay, own.crawl_delay_.value_or(delay));
    if (is_others) others.crawl_delay_ = std::max(delay, others.crawl_delay_.value_or(delay));
  }

  void add(std::string_view line) {
    line = line.substr(0, line.find('#'));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string name = to_lower(trim(line.substr(0, colon)));
    const std::string_view value = trim(line.substr(colon + 1));
    if (name == "user-agent") {
      add_agent(value);
    } else if (name == "allow" || name == "disallow") {
      add_rule(value, name == "allow");
    } else if (name == "crawl-delay") {
      add_delay(value);
    } else if (name == "sitemap" && !value.empty() && sitemaps.size() < kMaxSitemaps) {
      sitemaps.emplace_back(value);
    }
  }
};

Robots Robots::parse(std::string_view text, std::string_view token) {
  text = text.substr(0, kMaxBytes);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Lines lines;
  lines.token = to_lower(token);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    lines.add(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  Robots robots = lines.has_own ? std::move(lines.own) : std::move(lines.others);
  robots.sitemaps_ = std::move(lines.sitemaps);
  return robots;
}

Robots Robots::unreachable() {
  Robots robots;
  robots.is_unreachable_ = true;
  robots.rules_.push_back({"/", false});
  return robots;
}

bool Robots::allows(std::string_view target) const {
  if (rules_.empty() || target == "/robots.txt") return true;
  const std::string normal = normal_target(target);
  std::size_t longest = 0;
  bool is_allowed = true;
  for (const Rule& rule : rules_) {
    const std::size_t length = rule.pattern.size();
    if (length < longest || (length == longest && (is_allowed || !rule.is_allowed))) continue;
    if (!matches_rule(rule.pattern, normal)) continue;
    longest = length;
    is_allowed = rule.is_allowed;
  }
  return is_allowed;
}

}  // namespace fit::ingest
