#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fit::ingest {

// The rules of a robots.txt (RFC 9309). Immutable and thread-safe once made.
class Robots {
 public:
  // Reads the first kMaxBytes of a file of any content; lines that are no rules are skipped. `token` is the
  // product token of the program: its groups count, otherwise those of "*".
  static Robots parse(std::string_view text, std::string_view token);
  static Robots allow_all() { return {}; }
  // Returns the rules for a file that cannot be read now: nothing is allowed (RFC 9309, 2.3.1.4).
  static Robots unreachable();
  bool is_unreachable() const { return is_unreachable_; }

  // Whether a target (path and query) may be requested: the longest matching rule counts, and of rules of the
  // same length "allow". /robots.txt itself always may.
  bool allows(std::string_view target) const;
  // Crawl-delay of the group, at most a day. No part of the RFC, but widely used.
  std::optional<std::chrono::milliseconds> crawl_delay() const { return crawl_delay_; }
  // The URLs of "Sitemap" lines, at most kMaxSitemaps.
  const std::vector<std::string>& sitemaps() const { return sitemaps_; }

  static constexpr std::size_t kMaxBytes = 500 << 10;  // RFC 9309, 2.5
  static constexpr std::size_t kMaxSitemaps = 100;

 private:
  struct Rule {
    std::string pattern;  // in the form of normal_target()
    bool is_allowed = true;
  };
  struct Lines;

  bool is_unreachable_ = false;
  std::vector<Rule> rules_;
  std::optional<std::chrono::milliseconds> crawl_delay_;
  std::vector<std::string> sitemaps_;
};

}  // namespace fit::ingest
