#include "serving/exchange_rate_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "base/temp_dir.h"
#include "net/test_server.h"

namespace fit::serving {
namespace {

using ::testing::HasSubstr;

constexpr const char* kBankTable =
    "<?xml version=\"1.0\"?><Envelope><Cube><Cube time='2026-11-27'>"
    "<Cube currency='USD' rate='1.08'/></Cube></Cube></Envelope>";

class ExchangeRateSourceTest : public ::testing::Test {
 protected:
  void write(std::string_view text) {
    std::ofstream(file_, std::ios::trunc) << text;
    // A second time of change, whatever the resolution of the file system's clock is.
    std::filesystem::last_write_time(
        file_, std::filesystem::file_time_type::clock::now() + std::chrono::seconds(++writes_));
  }
  Result<std::unique_ptr<ExchangeRateSource>> open(const std::string& place) {
    return ExchangeRateSource::open({.http = http_, .log = Log::silent(), .metrics = metrics_},
                                    {.place = place, .kept_folder = folder_.path() / "rates"});
  }
  static double dollars(const ExchangeRateSource& source) {
    const auto rates = source.rates().get();
    return rates == nullptr ? 0 : rates->factor("EUR", "USD").value_or(0);
  }

  TempDir folder_;
  Metrics metrics_;
  net::HttpClient http_{{.allow_private_addresses = true, .user_agent = "test", .sleep = [](auto) {}}};
  const std::filesystem::path file_ = folder_.path() / "rates.csv";
  int writes_ = 0;
};

TEST_F(ExchangeRateSourceTest, ReadsAFileAgainWhenItHasChanged) {
  write("currency,rate\nEUR,1\nUSD,1.1\n");
  const auto source = open(file_.string()).value();
  EXPECT_EQ(dollars(*source), 1.1);
  const auto first = source->rates().get();
  EXPECT_TRUE(source->refresh({}));
  EXPECT_EQ(source->rates().get(), first) << "nothing has changed";
  write("EUR,1\nUSD,1.25\n");
  EXPECT_TRUE(source->refresh({}));
  EXPECT_EQ(dollars(*source), 1.25);
  EXPECT_EQ(source->state().at("currencies"), 2);
  EXPECT_THAT(metrics_.expose(), HasSubstr("fit_exchange_rates_timestamp_seconds"));
}

TEST_F(ExchangeRateSourceTest, KeepsTheLastGoodTable) {
  write("EUR,1\nUSD,1.1\n");
  const auto source = open(file_.string()).value();
  write("EUR,1\nUSD,nan\n");
  const auto refreshed = source->refresh({});
  ASSERT_FALSE(refreshed);
  EXPECT_EQ(refreshed.error().field, "EXCHANGE_RATES");
  EXPECT_EQ(dollars(*source), 1.1);
  EXPECT_THAT(source->state().at("problem").get<std::string>(), HasSubstr("line 2"));
  std::filesystem::remove(file_);
  EXPECT_FALSE(source->refresh({}));
  EXPECT_EQ(dollars(*source), 1.1);
  write("EUR,1\nUSD,1.2\n");
  EXPECT_TRUE(source->refresh({}));
  EXPECT_EQ(dollars(*source), 1.2);
  EXPECT_FALSE(source->state().contains("problem"));
}

TEST_F(ExchangeRateSourceTest, AFileMustBeATableAtTheStart) {
  for (const auto& place : {file_.string(), folder_.path().string()}) {
    const auto opened = open(place);
    ASSERT_FALSE(opened) << place;
    EXPECT_EQ(opened.error().field, "EXCHANGE_RATES");
  }
  write("nothing");
  EXPECT_FALSE(open(file_.string()));
  EXPECT_FALSE(open("http://"));
}

TEST_F(ExchangeRateSourceTest, KeepsTheTableOfAUrlForTheNextStart) {
  std::atomic<bool> fails = false;
  net::TestServer server([&fails](const auto&, auto& connection) {
    connection.send(net::TestServer::answer(fails ? 404 : 200, fails ? "" : kBankTable));
  });
  const std::string url = server.url("/eurofxref-daily.xml");
  const auto source = open(url).value();
  EXPECT_EQ(source->rates().get(), nullptr) << "opening asks no server";
  EXPECT_EQ(source->state().at("currencies"), 0);
  ASSERT_TRUE(source->refresh({}));
  EXPECT_EQ(dollars(*source), 1.08);
  EXPECT_EQ(source->state().at("date"), "2026-11-27");
  fails = true;
  EXPECT_FALSE(source->refresh({}));
  EXPECT_EQ(dollars(*source), 1.08);
  EXPECT_TRUE(source->state().contains("problem"));

  const auto later = open(url).value();
  EXPECT_EQ(dollars(*later), 1.08);
  EXPECT_EQ(open(server.url("/other.xml")).value()->rates().get(), nullptr);
}

TEST_F(ExchangeRateSourceTest, RefusesPrivateAddressesAndLongTables) {
  net::TestServer server([](const auto&, auto& connection) {
    connection.send(net::TestServer::answer(200, std::string(search::kMaxRatesBytes + 1, ' ')));
  });
  const auto source = open(server.url("/")).value();
  const auto refreshed = source->refresh({});
  ASSERT_FALSE(refreshed);
  EXPECT_EQ(refreshed.error().code, ErrorCode::kTooLarge);

  net::HttpClient guarded({.allow_private_addresses = false, .user_agent = "test", .sleep = [](auto) {}});
  const auto refused = ExchangeRateSource::open({.http = guarded, .log = Log::silent(), .metrics = metrics_},
                                                {.place = server.url("/"), .kept_folder = folder_.path()})
                           .value()
                           ->refresh({});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
}

// The background thread fetches at once where there is no table yet, and ends with the source.
TEST_F(ExchangeRateSourceTest, FetchesInTheBackground) {
  net::TestServer server(
      [](const auto&, auto& connection) { connection.send(net::TestServer::answer(200, kBankTable)); });
  const auto source = open(server.url("/")).value();
  source->start();
  while (dollars(*source) == 0 && !source->state().contains("problem")) {
    std::this_thread::yield();
  }
  EXPECT_EQ(dollars(*source), 1.08);
}

}  // namespace
}  // namespace fit::serving
