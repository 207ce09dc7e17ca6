#include "ingest/pages/page_links.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "catalog/text_rules.h"
#include "ingest/pages/html_tree.h"

namespace fit::ingest {
namespace {

constexpr std::array kTrackingParameters = std::to_array<std::string_view>(
    {"gclid",      "fbclid",       "msclkid", "dclid",  "yclid",     "igshid",     "srsltid",
     "_ga",        "_gl",          "mc_cid",  "mc_eid", "phpsessid", "jsessionid", "sessionid",
     "session_id", "aspsessionid", "sid",     "cfid",   "cftoken",   "zenid",      "oscsid",
     "wtmc",       "wt_mc",        "gbraid",  "wbraid", "ttclid",    "show-uid"});

bool is_tracking(std::string_view parameter) {
  const std::string name = to_lower(parameter.substr(0, parameter.find('=')));
  return name.starts_with("utm_") || std::ranges::contains(kTrackingParameters, name);
}

// The offset behind "https://host"; 0 for an address without a host.
std::size_t host_end(std::string_view url) {
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos) return 0;
  return std::min(url.find_first_of("/?#", colon + 3), url.size());
}

// A path without "." and "..".
std::string plain_path(std::string_view path) {
  std::vector<std::string_view> parts;
  bool is_folder = true;
  path.remove_prefix(std::min<std::size_t>(path.size(), 1));
  while (true) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    is_folder = part == "." || part == "..";
    if (part == ".." && !parts.empty()) parts.pop_back();
    if (!is_folder) parts.push_back(part);
    if (end == path.size()) break;
    path.remove_prefix(end + 1);
  }
  std::string plain;
  for (const std::string_view part : parts) plain.append("/").append(part);
  if (is_folder || plain.empty()) plain += '/';
  return plain;
}

// Removes blanks at the ends and line breaks inside, and escapes blanks, as browsers do.
std::string plain_reference(std::string_view reference) {
  std::string plain;
  for (const char c : trim(reference)) {
    if (c == '\n' || c == '\r' || c == '\t') continue;
    if (c == ' ') {
      plain += "%20";
    } else {
      plain += c;
    }
  }
  return plain;
}

}  // namespace

std::string url_host(std::string_view url) {
  const std::size_t end = host_end(url);
  if (end == 0) return {};
  std::string host = to_lower(url.substr(url.find("://") + 3, end - url.find("://") - 3));
  if (const std::size_t at = host.rfind('@'); at != std::string::npos) host.erase(0, at + 1);
  if (host.starts_with("www.")) host.erase(0, 4);
  return host;
}

std::string absolute_url(std::string_view base, std::string_view raw) {
  std::string reference = plain_reference(raw);
  const std::string lower = to_lower(std::string_view(reference).substr(0, 8));
  if (lower.starts_with("http://") || lower.starts_with("https://")) return reference;
  const std::size_t colon = reference.find(':');
  if (colon != std::string::npos && colon < reference.find_first_of("/?#")) return {};  // another scheme
  const std::size_t end = host_end(base);
  if (reference.empty() || end == 0) return {};
  if (reference.starts_with("//")) return std::string(base.substr(0, base.find(':') + 1)) + reference;
  const std::string host(base.substr(0, end));
  std::string_view path = base.substr(end);
  path = path.substr(0, path.find('#'));
  if (reference.starts_with('#')) return host + std::string(path) + reference;
  path = path.substr(0, path.find('?'));
  if (reference.starts_with('?')) return host + std::string(path) + reference;
  const std::size_t tail = std::min(reference.find_first_of("?#"), reference.size());
  std::string whole = reference.substr(0, tail);
  if (!whole.starts_with('/')) whole = std::string(path.substr(0, path.rfind('/') + 1)) + whole;
  if (!whole.starts_with('/')) whole.insert(0, 1, '/');
  return host + plain_path(whole) + reference.substr(tail);
}

std::string clean_url(std::string_view url) {
  url = url.substr(0, url.find('#'));
  const std::size_t end = host_end(url);
  std::string clean = to_lower(url.substr(0, end));
  const std::size_t question = url.find('?', end);
  std::string path(url.substr(end, std::min(question, url.size()) - end));
  if (const std::size_t session = to_lower(path).find(";jsessionid="); session != std::string::npos)
    path.resize(session);
  clean += path;
  if (question == std::string_view::npos) return clean;
  char separator = '?';
  std::string_view query = url.substr(question + 1);
  while (!query.empty()) {
    const std::size_t size = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, size);
    query.remove_prefix(std::min(size + 1, query.size()));
    if (parameter.empty() || is_tracking(parameter)) continue;
    clean.append(1, separator).append(parameter);
    separator = '&';
  }
  return clean;
}

Result<LinkPattern> LinkPattern::make(std::string_view field, std::string_view pattern) {
  const std::string_view text = trim(pattern);
  if (text.empty() || text.size() > kMaxPattern)
    return invalid(std::string(field), "is not a pattern of addresses");
  return LinkPattern(text);
}

bool LinkPattern::matches(std::string_view url) const {
  std::string_view text = url;
  if (text_.starts_with('/')) text.remove_prefix(host_end(url));
  const std::string_view pattern = text_;
  // The states of the pattern that the text so far can be in, as offsets into the pattern.
  std::vector<bool> states(pattern.size() + 1);
  const auto pass_stars = [&](std::vector<bool>& set) {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (set[i] && pattern[i] == '*') set[i + 1] = true;
    }
  };
  states[0] = true;
  pass_stars(states);
  for (const char c : text) {
    std::vector<bool> next(pattern.size() + 1);
    bool any = false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (!states[i]) continue;
      if (pattern[i] == '*') {
        const bool is_double = (i > 0 && pattern[i - 1] == '*') || pattern.substr(i).starts_with("**");
        if (c != '/' || is_double) next[i] = any = true;
      } else if (pattern[i] == c) {
        next[i + 1] = any = true;
      }
    }
    if (!any) return false;
    pass_stars(next);
    states = std::move(next);
  }
  return states[pattern.size()];
}

bool matches_any(const std::vector<LinkPattern>& patterns, std::string_view url) {
  return std::ranges::any_of(patterns, [&](const LinkPattern& one) { return one.matches(url); });
}

namespace {

// The address that relative links start from: <base href>, otherwise the page's.
std::string base_of(const WebPage& page) {
  for (const HtmlNode node : page.tree().elements()) {
    if (node.is("base") && node.has("href")) {
      std::string base = absolute_url(page.url(), node.attribute("href"));
      if (!base.empty()) return base;
    }
    if (node.is("body")) break;
  }
  return page.url();
}

}  // namespace

std::vector<std::string> page_links(const WebPage& page) {
  const std::string base = base_of(page);
  const std::string host = url_host(page.url());
  std::vector<std::string> links;
  std::set<std::string> known;
  for (const HtmlNode node : page.tree().elements()) {
    const bool is_link =
        node.is("a") || node.is("area") || (node.is("link") && node.attribute("rel") == "next");
    if (!is_link || !node.has("href") || links.size() == kMaxLinks) continue;
    std::string url = clean_url(absolute_url(base, node.attribute("href")));
    if (url.empty() || url.size() > catalog::kMaxUrl || url_host(url) != host) continue;
    if (known.insert(url).second) links.push_back(std::move(url));
  }
  return links;
}

std::string next_page(const WebPage& page) {
  const std::string base = base_of(page);
  for (const HtmlNode node : page.tree().elements()) {
    if ((node.is("a") || node.is("link")) && to_lower(node.attribute("rel")) == "next") {
      std::string url = clean_url(absolute_url(base, node.attribute("href")));
      if (url_host(url) == url_host(page.url())) return url;
    }
  }
  return {};
}

}  // namespace fit::ingest
