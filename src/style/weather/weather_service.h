#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "cache/cache_namespace.h"
#include "cache/memory_cache.h"
#include "net/http_client.h"
#include "style/weather/weather.h"

namespace fit::style {

// The weather of places, from a server with the interface of Open-Meteo: /v1/forecast, and /v1/search for the
// names of places. Answers are kept for an hour in at most 1 MiB. After a failure the server is left alone
// for a while. Thread-safe; calls block.
class WeatherService {
 public:
  // `http` and `metrics` must outlive the service.
  struct Parts {
    net::HttpClient& http;
    Log log;
    Metrics& metrics;
  };
  struct Options {
    std::string forecast_url;  // WEATHER_URL: an http or https URL without the path of the interface
    std::string places_url;    // WEATHER_PLACES_URL: the same; empty: places are known by their degrees only
    std::chrono::milliseconds time_limit = std::chrono::seconds(5);  // of one question with its retry
    std::chrono::milliseconds pause = std::chrono::seconds(30);      // after a failure
    std::chrono::milliseconds time_to_live = std::chrono::hours(1);  // of an answer
  };

  // kInvalid naming the setting for a URL that is none.
  static Result<std::unique_ptr<WeatherService>> open(const Parts& parts, Options options);

  // The weather of a day: the mean of its lowest and its highest temperature, and whether a millimetre or
  // more falls. Degrees are sent with two decimals, which is a kilometre. Asks the servers at most once each.
  //
  // kInvalid naming "weather.place" for an unknown place, and for a name where WEATHER_PLACES_URL is empty;
  // kBadGateway naming "weather" where a server does not answer, or not with a weather; kCancelled.
  Result<Weather> find(const WeatherPlace& place, const std::stop_token& stop);

 private:
  WeatherService(const Parts& parts, Options options);

  // The JSON at a URL, or what was kept of it.
  Result<Json> ask(const std::string& url, const std::stop_token& stop);
  Result<Json> fetch(const std::string& url, const std::stop_token& stop);
  Result<void> find_place(std::string_view name, Weather& weather, const std::stop_token& stop);

  const Parts parts_;
  const Options options_;
  cache::MemoryCache memory_;
  cache::CacheNamespace kept_;
  std::atomic<std::chrono::steady_clock::time_point> paused_until_{};
};

}  // namespace fit::style
