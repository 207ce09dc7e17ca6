#include "style/weather/weather_service.h"

#include <cmath>
#include <utility>

#include "base/bytes.h"
#include "base/format.h"
#include "base/percent_encoding.h"
#include "base/text.h"
#include "net/url.h"

namespace fit::style {
namespace {

constexpr std::size_t kKeptBytes = 1 << 20;
constexpr std::uint64_t kMaxAnswerBytes = 64 << 10;
constexpr double kRainMillimetres = 1;  // a day with less counts as dry, as in the climate normals of the WMO
constexpr std::size_t kShownName = 100;  // bytes

Error no_weather(std::string message) {
  return {ErrorCode::kBadGateway, std::move(message), "weather", {}};
}

// The URL without a slash at its end.
Result<std::string> checked_base(std::string_view setting, const std::string& text) {
  if (text.empty()) return std::string();
  auto url = net::parse_url(text);
  if (!url || !url->query.empty()) return invalid(std::string(setting), "must be an http or https URL");
  std::string base = url->text();
  while (base.ends_with('/')) base.pop_back();
  return base;
}

// A number of a JSON object; nullopt for another type and for what is not finite.
std::optional<double> number_in(const Json& object, const char* name) {
  if (!object.is_object()) return std::nullopt;
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  const double value = found->get<double>();
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::string text_in(const Json& object, const char* name) {
  return std::string(utf8_prefix(json_text(object, name), kShownName));
}

// The value of the first day; null: there is none.
const Json* of_day(const Json& forecast, const char* name) {
  const auto daily = forecast.find("daily");
  if (daily == forecast.end() || !daily->is_object()) return nullptr;
  const auto values = daily->find(name);
  if (values == daily->end() || !values->is_array() || values->empty()) return nullptr;
  return &values->front();
}

std::optional<double> number_of_day(const Json& forecast, const char* name) {
  const Json* const value = of_day(forecast, name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->get<double>();
}

bool is_on_earth(std::optional<double> latitude, std::optional<double> longitude) {
  return latitude && longitude && std::abs(*latitude) <= 90 && std::abs(*longitude) <= 180;
}

Result<void> read_forecast(const Json& forecast, Weather& weather) {
  const auto lowest = number_of_day(forecast, "temperature_2m_min");
  const auto highest = number_of_day(forecast, "temperature_2m_max");
  const auto rain = number_of_day(forecast, "precipitation_sum");
  const Json* const date = of_day(forecast, "time");
  const double mean = (lowest.value_or(0) + highest.value_or(0)) / 2;
  const bool is_complete = lowest && highest && rain && date != nullptr && date->is_string();
  if (!is_complete || !(mean >= kColdestWeather && mean <= kHottestWeather)) {
    return no_weather("the weather service (WEATHER_URL) has answered without a weather");
  }
  weather.temperature_c = std::round(mean * 10) / 10;
  weather.rain = *rain >= kRainMillimetres;
  weather.date = date->get<std::string>().substr(0, 10);
  return {};
}

}  // namespace

WeatherService::WeatherService(const Parts& parts, Options options)
    : parts_(parts),
      options_(std::move(options)),
      memory_({.max_bytes = kKeptBytes}),
      kept_(memory_, "weather", options_.time_to_live, parts.metrics) {}

Result<std::unique_ptr<WeatherService>> WeatherService::open(const Parts& parts, Options options) {
  FIT_TRY(options.forecast_url, checked_base("WEATHER_URL", options.forecast_url));
  FIT_TRY(options.places_url, checked_base("WEATHER_PLACES_URL", options.places_url));
  if (options.forecast_url.empty()) return invalid("WEATHER_URL", "is missing beside WEATHER_PLACES_URL");
  return std::unique_ptr<WeatherService>(new WeatherService(parts, std::move(options)));
}

Result<Json> WeatherService::fetch(const std::string& url, const std::stop_token& stop) {
  using std::chrono::steady_clock;
  constexpr std::string_view kSilent = "the weather service (WEATHER_URL) does not answer; try again later";
  if (steady_clock::now() < paused_until_.load()) return no_weather(std::string(kSilent));
  net::HttpLimits limits;
  limits.connect_timeout = options_.time_limit / 2;
  limits.total_timeout = options_.time_limit;
  limits.max_bytes = kMaxAnswerBytes;
  limits.retries = 1;
  limits.stop = stop;
  const auto fetched = parts_.http.get("weather", url, limits);
  if (!fetched && fetched.error().code == ErrorCode::kCancelled) return fetched.error();
  auto json = fetched ? parse_json("weather", as_text(fetched->body)) : Result<Json>(fetched.error());
  if (json && json->is_object()) return json;
  // Without the query of the URL and the detail of the error, which say where somebody is.
  const std::string reason = json ? "the answer is no JSON object" : json.error().message;
  parts_.log.warning(fit::format("no weather from {}: {}", url.substr(0, url.find('?')), reason));
  paused_until_.store(steady_clock::now() + options_.pause);
  return no_weather(std::string(kSilent));
}

Result<Json> WeatherService::ask(const std::string& url, const std::stop_token& stop) {
  if (const auto kept = kept_.get(as_bytes(url))) {
    if (auto json = parse_json("weather", as_text(*kept))) return json;
    kept_.unusable();
  }
  FIT_TRY(Json answer, fetch(url, stop));
  kept_.put(as_bytes(url), as_bytes(dump_json(answer)));
  return answer;
}

Result<void> WeatherService::find_place(std::string_view name, Weather& weather,
                                        const std::stop_token& stop) {
  if (options_.places_url.empty()) {
    return invalid("weather.place",
                   "this server knows no names of places (WEATHER_PLACES_URL); give latitude and longitude");
  }
  FIT_TRY(const Json answer, ask(fit::format("{}/v1/search?name={}&count=1&language=en&format=json",
                                             options_.places_url, percent_encode(name)),
                                 stop));
  const auto results = answer.find("results");
  if (results == answer.end() || !results->is_array() || results->empty()) {
    return invalid("weather.place", "is not known to the weather service");
  }
  const Json& found = results->front();
  weather.latitude = number_in(found, "latitude");
  weather.longitude = number_in(found, "longitude");
  if (!is_on_earth(weather.latitude, weather.longitude)) {
    return no_weather("the weather service (WEATHER_PLACES_URL) has answered without a place");
  }
  const std::string country = text_in(found, "country");
  weather.place = text_in(found, "name") + (country.empty() ? "" : ", " + country);
  return {};
}

Result<Weather> WeatherService::find(const WeatherPlace& place, const std::stop_token& stop) {
  Weather weather{.latitude = place.latitude, .longitude = place.longitude};
  if (!place.name.empty()) FIT_CHECK(find_place(to_lower(place.name), weather, stop));
  const std::string days = place.date.empty()
                               ? "forecast_days=1"
                               : fit::format("start_date={}&end_date={}", place.date, place.date);
  FIT_TRY(const Json forecast,
          ask(fit::format("{}/v1/forecast?latitude={:.2f}&longitude={:.2f}&daily=temperature_2m_min,"
                          "temperature_2m_max,precipitation_sum&timezone=auto&{}",
                          options_.forecast_url, *weather.latitude, *weather.longitude, days),
              stop));
  FIT_CHECK(read_forecast(forecast, weather));
  return weather;
}

}  // namespace fit::style
