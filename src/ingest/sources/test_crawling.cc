#include "ingest/sources/test_crawling.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/format.h"

namespace fit::ingest {
namespace {

constexpr int kMostCalls = 500;

Crawler::Options quick_options(Crawler::Options options, TestCrawler& test) {
  options.throttle.wait = [&test](const std::stop_token& stop, std::chrono::milliseconds time) {
    const std::lock_guard lock(test.mutex);
    test.waits.push_back(time);
    return !stop.stop_requested();
  };
  return options;
}

Crawler::Options without_delay() {
  Crawler::Options options;
  options.throttle.min_delay = std::chrono::milliseconds(0);
  options.throttle.first_pause = std::chrono::milliseconds(0);
  return options;
}

}  // namespace

TestSite::TestSite()
    : server_([this](const net::TestServer::Request& request, net::TestServer::Connection& connection) {
        connection.send(answer(request));
      }) {}

void TestSite::set(const std::string& target, std::string body, std::string content_type) {
  const std::string header = "Content-Type: " + content_type + "\r\n";
  set_answer(target, [body = std::move(body), header](const auto&) {
    return net::TestServer::answer(200, body, header);
  });
}

void TestSite::set_answer(const std::string& target, Answer answer) {
  const std::lock_guard lock(mutex_);
  answers_[target] = std::move(answer);
}

void TestSite::set_fallback(Answer answer) {
  const std::lock_guard lock(mutex_);
  fallback_ = std::move(answer);
}

std::string TestSite::answer(const net::TestServer::Request& request) {
  Answer answer;
  {
    const std::lock_guard lock(mutex_);
    const auto found = answers_.find(request.target);
    answer = found == answers_.end() ? fallback_ : found->second;
  }
  return answer ? answer(request) : net::TestServer::answer(404, "there is nothing");
}

std::vector<std::string> TestSite::targets() const {
  std::vector<std::string> targets;
  for (const auto& request : requests()) {
    if (request.target != "/robots.txt") targets.push_back(request.target);
  }
  return targets;
}

std::int64_t TestSite::count(const std::string& target) const {
  return std::ranges::count(requests(), target, &net::TestServer::Request::target);
}

TestCrawler::TestCrawler() : TestCrawler(without_delay()) {}

TestCrawler::TestCrawler(Crawler::Options options)
    : http({.allow_private_addresses = true}), crawler(http, quick_options(std::move(options), *this)) {}

std::vector<std::string> SweptPages::ids() const {
  std::vector<std::string> ids;
  for (const FetchedListing& listing : listings) ids.push_back(listing.item.listing.external_id);
  return ids;
}

const FetchedListing& SweptPages::listing(const std::string& id) const {
  const auto found = std::ranges::find_if(
      listings, [&](const FetchedListing& one) { return one.item.listing.external_id == id; });
  if (found == listings.end()) throw std::runtime_error("there is no listing " + id);
  return *found;
}

SweptPages run_sweep(const OpenSource& options, Crawler& crawler, const SweepOptions& how) {
  SweptPages all;
  Json state = how.state;
  RunBudget budget = how.budget;
  FetchContext context{.budget = budget};
  if (how.context != nullptr) {
    context.known_page = how.context->known_page;
    context.unseen_pages = how.context->unseen_pages;
  }
  auto source = open_source(options, crawler);
  while (source && all.calls < kMostCalls) {
    auto page = (*source)->fetch(state, context);
    if (!page) {
      ADD_FAILURE() << page.error().describe();
      return all;
    }
    ++all.calls;
    state = page->state;
    std::ranges::copy(page->listings, std::back_inserter(all.listings));
    std::ranges::copy(page->gone, std::back_inserter(all.gone));
    std::ranges::copy(page->unchanged, std::back_inserter(all.unchanged));
    std::ranges::copy(page->failures, std::back_inserter(all.failures));
    std::ranges::copy(page->remarks, std::back_inserter(all.remarks));
    all.last = *std::move(page);
    if (all.last.end != FetchEnd::kMore) return all;
    if (how.forgetful) source = open_source(options, crawler);
  }
  ADD_FAILURE() << (source ? "the sweep has no end" : source.error().describe());
  return all;
}

OpenSource source_at(SourceKind kind, const std::string& address, const Json& settings) {
  auto read = parse_source_settings(kind, address, settings);
  if (!read) ADD_FAILURE() << read.error().describe();
  return {.settings = read ? *std::move(read) : SourceSettings{}, .name = "shop"};
}

std::string gzip_of(std::string_view text) {
  std::uint32_t crc = ~std::uint32_t{0};
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
  }
  const auto little = [](std::uint64_t value, int bytes) {
    std::string result;
    for (int i = 0; i < bytes; ++i) result += static_cast<char>((value >> (8 * i)) & 0xFF);
    return result;
  };
  std::string packed("\x1F\x8B\x08\0\0\0\0\0\0\xFF", 10);
  constexpr std::size_t kMostInBlock = 65'535;
  std::string_view rest = text;
  do {
    const std::string_view block = rest.substr(0, kMostInBlock);
    rest.remove_prefix(block.size());
    packed += rest.empty() ? '\x01' : '\0';
    packed += little(block.size(), 2) + little(~block.size() & 0xFFFF, 2);
    packed += block;
  } while (!rest.empty());
  return packed + little(~crc & 0xFFFFFFFF, 4) + little(text.size(), 4);
}

std::string product_page(const std::string& title, const std::string& price, const std::string& more) {
  return fit::format(
      R"(<html><head><title>{0}</title><script type="application/ld+json">{{"@context": "https://schema.org",
"@type": "Product", "name": "{0}", "image": "/img/{0}.jpg", "brand": {{"@type": "Brand", "name": "Acme"}},
"offers": {{"@type": "Offer", "price": "{1}", "priceCurrency": "EUR",
"availability": "https://schema.org/InStock"}}}}</script></head><body><h1>{0}</h1>{2}</body></html>)",
      title, price, more);
}

}  // namespace fit::ingest
