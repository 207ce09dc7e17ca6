// The weather of places, from a server in this process that speaks as Open-Meteo does.
#include "style/weather/weather_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>

#include "net/test_server.h"

namespace fit::style {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kBerlin =
    R"({"results": [{"name": "Berlin", "latitude": 52.524, "longitude": 13.411, "country": "Germany"}]})";
constexpr const char* kCold =
    R"({"daily": {"time": ["2026-03-01"], "temperature_2m_min": [-1.2], "temperature_2m_max": [7.0],
    "precipitation_sum": [0.9]}})";

class WeatherServiceTest : public ::testing::Test {
 protected:
  std::unique_ptr<WeatherService> open(std::chrono::milliseconds pause = std::chrono::hours(1)) {
    return WeatherService::open({.http = http_, .log = Log::silent(), .metrics = metrics_},
                                {.forecast_url = server_.url("/"),
                                 .places_url = server_.url("/geo/"),
                                 .time_limit = std::chrono::seconds(20),
                                 .pause = pause})
        .value();
  }
  void say(int status, std::string forecast) {
    const std::lock_guard lock(mutex_);
    status_ = status;
    forecast_ = std::move(forecast);
  }
  std::string answer(const std::string& target) {
    const std::lock_guard lock(mutex_);
    if (target.starts_with("/geo/")) {
      return net::TestServer::answer(200, target.contains("name=berlin&") ? kBerlin : R"({"time": 1})");
    }
    return net::TestServer::answer(status_, forecast_);
  }

  Metrics metrics_;
  net::HttpClient http_{{.allow_private_addresses = true, .user_agent = "test", .sleep = [](auto) {}}};
  std::mutex mutex_;
  int status_ = 200;
  std::string forecast_ = kCold;
  net::TestServer server_{[this](const net::TestServer::Request& request, net::TestServer::Connection& to) {
    to.send(answer(request.target));
  }};
};

TEST_F(WeatherServiceTest, FindsTheWeatherOfANameAndKeepsIt) {
  const auto service = open();
  for (const std::string name : {"Berlin", "BERLIN"}) {
    const Weather weather = service->find({.name = name}, {}).value();
    EXPECT_EQ(weather.temperature_c, 2.9);
    EXPECT_FALSE(weather.rain) << "0.9 mm";
    EXPECT_EQ(weather.place, "Berlin, Germany");
    EXPECT_EQ(weather.latitude, 52.524);
    EXPECT_EQ(weather.date, "2026-03-01");
  }
  const auto asked = server_.requests();
  ASSERT_EQ(asked.size(), 2U) << "the second answer was kept";
  EXPECT_THAT(asked[1].target, HasSubstr("/v1/forecast?latitude=52.52&longitude=13.41&"));
  EXPECT_THAT(asked[1].target, HasSubstr("forecast_days=1"));
}

TEST_F(WeatherServiceTest, AsksForADayAtAPoint) {
  say(200, R"({"daily": {"time": ["2026-03-05"], "temperature_2m_min": [20], "temperature_2m_max": [31],
      "precipitation_sum": [1]}})");
  const Weather weather =
      open()->find({.latitude = -33.8688, .longitude = 151.2093, .date = "2026-03-05"}, {}).value();
  EXPECT_EQ(weather.temperature_c, 25.5);
  EXPECT_TRUE(weather.rain);
  EXPECT_EQ(weather.place, "");
  const auto asked = server_.requests();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_THAT(asked[0].target, HasSubstr("latitude=-33.87&longitude=151.21"));
  EXPECT_THAT(asked[0].target, HasSubstr("start_date=2026-03-05&end_date=2026-03-05"));
}

TEST_F(WeatherServiceTest, NamesAnUnknownPlace) {
  const auto service = open();
  const auto unknown = service->find({.name = "Nowhere & more"}, {});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().field, "weather.place");
  EXPECT_EQ(unknown.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(server_.requests().front().target, HasSubstr("name=nowhere%20%26%20more&"));
}

TEST_F(WeatherServiceTest, RejectsAnswersWithoutAWeather) {
  for (const std::string text :
       {"{}", R"({"daily": []})", R"({"daily": {"time": ["2026-03-01"], "temperature_2m_min": [null],
        "temperature_2m_max": [1], "precipitation_sum": [0]}})",
        R"({"daily": {"time": ["2026-03-01"], "temperature_2m_min": [900], "temperature_2m_max": [901],
        "precipitation_sum": [0]}})"}) {
    say(200, text);
    const auto found = open()->find({.latitude = 1, .longitude = 1}, {});
    ASSERT_FALSE(found) << text;
    EXPECT_EQ(found.error().code, ErrorCode::kBadGateway) << text;
  }
}

TEST_F(WeatherServiceTest, LeavesAServerAloneThatHasFailed) {
  say(500, "");
  const auto service = open();
  const auto failed = service->find({.latitude = 1, .longitude = 1}, {});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kBadGateway);
  EXPECT_EQ(failed.error().field, "weather");
  EXPECT_THAT(failed.error().message, HasSubstr("WEATHER_URL"));
  EXPECT_THAT(failed.error().message, Not(HasSubstr("127.0.0.1")));
  const std::size_t asked = server_.requests().size();
  EXPECT_FALSE(service->find({.latitude = 2, .longitude = 2}, {}));
  EXPECT_EQ(server_.requests().size(), asked);
  say(200, kCold);
  EXPECT_TRUE(open(std::chrono::milliseconds(0))->find({.latitude = 2, .longitude = 2}, {}));
}

TEST_F(WeatherServiceTest, NamesBadSettings) {
  const auto open_with = [this](const std::string& forecasts, const std::string& places) {
    const auto opened = WeatherService::open({.http = http_, .log = Log::silent(), .metrics = metrics_},
                                             {.forecast_url = forecasts, .places_url = places});
    return opened ? std::string() : opened.error().field;
  };
  EXPECT_EQ(open_with("ftp://x", ""), "WEATHER_URL");
  EXPECT_EQ(open_with("http://x.example", "x"), "WEATHER_PLACES_URL");
  EXPECT_EQ(open_with("", "http://x.example"), "WEATHER_URL");
  EXPECT_EQ(open_with("http://x.example", ""), "");
}

TEST_F(WeatherServiceTest, KnowsNoNamesWithoutTheirServer) {
  const auto service = WeatherService::open({.http = http_, .log = Log::silent(), .metrics = metrics_},
                                            {.forecast_url = server_.url("/"), .places_url = ""})
                           .value();
  EXPECT_EQ(service->find({.name = "Berlin"}, {}).error().field, "weather.place");
  EXPECT_TRUE(service->find({.latitude = 1, .longitude = 1}, {}));
}

}  // namespace
}  // namespace fit::style
