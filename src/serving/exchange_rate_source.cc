#include "serving/exchange_rate_source.h"

#include <algorithm>
#include <cmath>

#include "base/files.h"
#include "base/format.h"
#include "base/hash.h"
#include "net/url.h"

namespace fit::serving {
namespace {

constexpr const char* kRatesSetting = "EXCHANGE_RATES";

bool is_url_of_rates(std::string_view place) {
  return place.starts_with("http://") || place.starts_with("https://");
}

Timestamp time_of(std::chrono::nanoseconds since_1970) {
  return Timestamp(std::chrono::duration_cast<Timestamp::duration>(since_1970));
}

// The table of each URL has a file of its own.
std::filesystem::path kept_file(const ExchangeRateSource::Options& options) {
  return options.kept_folder / fit::format("{:016x}", xxh3(as_bytes(options.place)));
}

}  // namespace

ExchangeRateSource::ExchangeRateSource(Parts parts, Options options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      is_url_(is_url_of_rates(options_.place)),
      kept_file_(is_url_ ? kept_file(options_) : std::filesystem::path()) {}

Result<std::unique_ptr<ExchangeRateSource>> ExchangeRateSource::open(Parts parts, Options options) {
  std::unique_ptr<ExchangeRateSource> source(new ExchangeRateSource(std::move(parts), std::move(options)));
  if (source->is_url_) {
    if (!net::parse_url(source->options_.place)) return invalid(kRatesSetting, "is not a valid URL");
    source->read_kept();
  } else {
    FIT_CHECK(source->read_changed_file());
  }
  ExchangeRateSource& opened = *source;
  opened.parts_.metrics.on_expose([&opened] {
    const std::lock_guard lock(opened.mutex_);
    opened.parts_.metrics
        .gauge("fit_exchange_rates_timestamp_seconds", "Time of the exchange rates in use; 0: there are none")
        .set(std::chrono::duration<double>(opened.time_.time_since_epoch()).count());
  });
  return source;
}

Result<void> ExchangeRateSource::take(std::string_view text, Timestamp time) {
  FIT_TRY(auto table, search::ExchangeRates::parse(kRatesSetting, text));
  const auto present = rates_.get();
  const bool is_same =
      present != nullptr && present->fingerprint() == table.fingerprint() && present->date() == table.date();
  if (!is_same) rates_.set(std::make_shared<const search::ExchangeRates>(std::move(table)));
  const std::lock_guard lock(mutex_);
  time_ = time;
  return {};
}

Result<void> ExchangeRateSource::read_changed_file() {
  const auto opened = FileReader::open(options_.place);
  if (!opened) {
    Error error = invalid(kRatesSetting, fit::format("the file cannot be read: {}", opened.error().message));
    error.detail = opened.error().detail;
    return error;
  }
  const std::pair stamp(opened->size_bytes(), opened->modified_at());
  if (stamp == seen_) return {};
  FIT_TRY(const Bytes content, opened->read(0, search::kMaxRatesBytes + 1));
  FIT_CHECK(take(as_text(content), time_of(opened->modified_at())));
  seen_ = stamp;
  return {};
}

// A kept table that cannot be read is as good as none.
void ExchangeRateSource::read_kept() {
  const auto opened = FileReader::open(kept_file_);
  if (!opened) return;
  const auto content = opened->read(0, search::kMaxRatesBytes + 1);
  if (content) static_cast<void>(take(as_text(*content), time_of(opened->modified_at())));
}

Result<void> ExchangeRateSource::fetch(const std::stop_token& stop) {
  net::HttpLimits limits;
  limits.max_bytes = search::kMaxRatesBytes;
  limits.stop = stop;
  FIT_TRY(const net::HttpResponse response, parts_.http.get(kRatesSetting, options_.place, limits));
  FIT_CHECK(take(as_text(response.body), now()));
  if (const auto kept = write_file_atomically(kept_file_, response.body); !kept) {
    parts_.log.warning("the exchange rates cannot be kept for the next start",
                       {{"reason", kept.error().describe()}});
  }
  return {};
}

Result<void> ExchangeRateSource::refresh(const std::stop_token& stop) {
  Result<void> refreshed = is_url_ ? fetch(stop) : read_changed_file();
  if (refreshed || refreshed.error().code != ErrorCode::kCancelled) note(refreshed);
  return refreshed;
}

// Logs the first of several failures, and the end of them.
void ExchangeRateSource::note(const Result<void>& refreshed) {
  std::string problem = refreshed ? "" : refreshed.error().message;
  {
    const std::lock_guard lock(mutex_);
    std::swap(problem, problem_);
  }
  if (!refreshed && problem.empty()) {
    parts_.log.warning("the exchange rates cannot be refreshed; those before stay in use",
                       {{"place", options_.place}, {"reason", refreshed.error().describe()}});
  }
  if (refreshed && !problem.empty()) {
    parts_.log.info("the exchange rates are refreshed again", {{"place", options_.place}});
  }
}

Json ExchangeRateSource::state() const {
  const auto table = rates_.get();
  Json state = {{"currencies", table == nullptr ? 0 : table->size()}};
  if (table != nullptr && !table->date().empty()) state["date"] = table->date();
  const std::lock_guard lock(mutex_);
  if (table != nullptr) {
    const double age = std::chrono::duration<double>(now() - time_).count();
    state["age_s"] = std::max(0.0, std::round(age));
  }
  if (!problem_.empty()) state["problem"] = problem_;
  return state;
}

// A table that was kept is fetched again when it is as old as the next refresh would find it.
std::chrono::milliseconds ExchangeRateSource::first_wait() const {
  if (!is_url_) return options_.check_period;
  if (rates_.get() == nullptr) return std::chrono::milliseconds(0);
  const std::lock_guard lock(mutex_);
  const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(now() - time_);
  return std::clamp(options_.refresh_period - age, std::chrono::milliseconds(0), options_.refresh_period);
}

void ExchangeRateSource::start() {
  task_.start([this](const std::stop_token& stop) { run(stop); });
}

void ExchangeRateSource::run(const std::stop_token& stop) {
  for (std::chrono::milliseconds wait = first_wait(); task_.wait_for(wait);) {
    const auto refreshed = refresh(stop);
    if (!is_url_) {
      wait = options_.check_period;
    } else {
      wait = refreshed ? options_.refresh_period : options_.retry_period;
    }
  }
}

}  // namespace fit::serving
