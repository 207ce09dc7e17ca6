#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "catalog/image_fetcher.h"
#include "ingest/sources/crawler.h"
#include "ingest/sources/host_leases.h"
#include "ingest/sources/source_settings.h"

namespace fit::ingest {

// Why an image is not asked for. to_string() is the name in counts of failures.
enum class ImageRefusal : std::uint8_t {
  kRobots,  // robots.txt disallows it
  kBudget,  // the bytes of the run are spent
};
std::string_view to_string(ImageRefusal refusal);

// Fetches the images of a source's listings by the rules for its pages (CrawlSession): as robots.txt of the
// image's host allows, in the host's turn, with its delay and its pauses. One image at a time waits for the
// turn of a host, over all sources of the crawler, so that robots.txt is fetched once and pages get every
// second turn. A host that fails several times in a row is left alone for a while. Thread-safe; blocks.
class SourceImageFetcher final : public catalog::ImageFetcher {
 public:
  struct Options {
    // Of all images together, with robots.txt. The image that reaches it is the last.
    std::uint64_t max_bytes = std::numeric_limits<std::uint64_t>::max();
    HostLeases* leases = nullptr;  // as FetchContext::leases
  };
  // The arguments must outlive the fetcher.
  SourceImageFetcher(Crawler& crawler, const SourceSettings& settings, const Options& options)
      : crawler_(crawler), settings_(settings), options_(options) {}

  // kForbidden where robots.txt disallows the image, kUnavailable while its host is left alone and after the
  // budget is spent, kNotFound for 404 and 410, kInvalid for an address that is not public, kTooLarge,
  // kDeadlineExceeded, kBadGateway.
  Result<catalog::FetchedImage> fetch(std::string_view field, const std::string& url,
                                      const net::HttpValidators& known, std::uint64_t max_bytes,
                                      const std::stop_token& stop) override;

  // Why an image that the catalogue does not have was not asked for, by the address that fetch() got.
  std::optional<ImageRefusal> refusal_of(const std::string& url) const;

  std::uint64_t bytes() const { return bytes_.load(); }  // of the responses so far

 private:
  void note(const std::string& url, const net::HttpValidators& known, ImageRefusal refusal);

  Crawler& crawler_;
  const SourceSettings& settings_;
  const Options options_;
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::int64_t> requests_{0};
  mutable std::mutex mutex_;
  std::map<std::string, ImageRefusal> refused_;  // by URL
};

}  // namespace fit::ingest
