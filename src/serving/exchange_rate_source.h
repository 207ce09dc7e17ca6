#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "base/background_task.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "net/http_client.h"
#include "search/exchange_rates.h"

namespace fit::serving {

// Keeps a table of rates of exchange up to date: that of a file, which is read again when it has changed, or
// that of a URL, which is fetched once a day, and after a failure once an hour. While a new table cannot be
// read, the last one stays in use; the log has one line at the beginning and one at the end of such a time.
// The table of a URL is also kept in a file, for the next start and for commands, which ask no server.
// Thread-safe.
class ExchangeRateSource {
 public:
  // `http` and `metrics` must outlive the source.
  struct Parts {
    net::HttpClient& http;
    Log log;
    Metrics& metrics;
  };
  struct Options {
    std::string place;                  // EXCHANGE_RATES: a file, or an http or https URL
    std::filesystem::path kept_folder;  // for the tables of URLs
    std::chrono::milliseconds check_period = std::chrono::seconds(2);  // between looks at a file
    std::chrono::milliseconds refresh_period = std::chrono::hours(24);
    std::chrono::milliseconds retry_period = std::chrono::hours(1);
  };

  // Reads the file, or the table that was kept of the URL; without one there are no rates yet. kInvalid
  // naming EXCHANGE_RATES for a file that is not a table, and for a URL that is none.
  static Result<std::unique_ptr<ExchangeRateSource>> open(Parts parts, Options options);

  // Starts to refresh the table in the background. Call it once.
  void start();

  // Reads a file that has changed, or fetches the URL, and takes the table if it is valid. Blocks. kCancelled
  // when stopped; the errors of search::ExchangeRates::parse(), of reading and of fetching. For one thread,
  // and not after start().
  Result<void> refresh(const std::stop_token& stop);

  const search::CurrentRates& rates() const { return rates_; }

  // For /health: {"currencies", "date", "age_s", "problem"}. The age is that of the file, or the time since
  // the URL had the table.
  Json state() const;

 private:
  ExchangeRateSource(Parts parts, Options options);

  Result<void> read_changed_file();
  Result<void> fetch(const std::stop_token& stop);
  void read_kept();
  Result<void> take(std::string_view text, Timestamp time);
  void note(const Result<void>& refreshed);
  std::chrono::milliseconds first_wait() const;
  void run(const std::stop_token& stop);

  const Parts parts_;
  const Options options_;
  const bool is_url_;
  const std::filesystem::path kept_file_;
  search::CurrentRates rates_;
  std::pair<std::uint64_t, std::chrono::nanoseconds> seen_{};  // size and time of the file that was taken

  mutable std::mutex mutex_;  // guards the members below
  Timestamp time_{};          // of the table in use
  std::string problem_;       // why the last refresh failed; empty: it did not
  BackgroundTask task_;       // the last member, so that it ends before what it uses
};

}  // namespace fit::serving
