#pragma once

#include <optional>
#include <string>

namespace fit::style {

// No place on Earth has had weather beyond them, in degrees Celsius.
inline constexpr double kColdestWeather = -90;
inline constexpr double kHottestWeather = 60;

// A place whose weather is looked up: by its name, or by degrees of latitude (-90 to 90) and longitude (-180
// to 180).
struct WeatherPlace {
  std::string name = {};  // empty: by its degrees
  double latitude = 0;
  double longitude = 0;
  std::string date = {};  // "2026-03-01"; empty: today at the place
};

// The weather of a day.
struct Weather {
  std::optional<double> temperature_c = {};  // kColdestWeather to kHottestWeather
  bool rain = false;

  // Where and when, of a weather that was looked up.
  std::string place = {};  // "Berlin, Germany"; empty: by its degrees
  std::optional<double> latitude = {};
  std::optional<double> longitude = {};
  std::string date = {};
};

}  // namespace fit::style
