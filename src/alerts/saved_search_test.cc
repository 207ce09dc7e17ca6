#include "alerts/saved_search.h"

#include <gtest/gtest.h>

#include "alerts/stored_query.h"

namespace fit::alerts {
namespace {

Result<AlertOptions> read_text(const std::string& text, bool may_post = true) {
  Json json = parse_json("body", text).value();
  AlertOptions options;
  FIT_CHECK((OptionsReader{.options = options, .may_post = may_post}.read(json)));
  return options;
}

TEST(AlertOptions, AreReadAndStored) {
  const auto options = read_text(R"({"name": " Denim ", "min_relevance": 0.5, "events": ["price_down", "new"],
      "max_price": 40, "exclude_words": ["faux fur"], "schedule": "weekly", "time_zone": "Europe/Berlin",
      "channels": [{"type": "email"}, {"type": "webhook", "url": "https://x.example/hook"},
                   {"type": "ntfy", "url": "https://ntfy.sh/coats"}],
      "quiet_hours": {"from": "22:30", "to": "07:00"}})")
                           .value();
  EXPECT_EQ(options.name, "Denim");
  EXPECT_TRUE(options.wants(Event::kPriceDown) && options.wants(Event::kNew) &&
              !options.wants(Event::kRestock));
  EXPECT_EQ(options.channels[1].text(), "webhook https://x.example/hook");
  EXPECT_EQ(options.quiet_hours->from, std::chrono::minutes(22 * 60 + 30));
  EXPECT_EQ(options_json(stored_options(options_json(options)).value()), options_json(options));
  for (const Channel& channel : options.channels) EXPECT_EQ(Channel::from_text(channel.text()), channel);
}

TEST(AlertOptions, MembersThatAreNotNamedStay) {
  AlertOptions options = read_text(R"({"name": "x", "max_price": 9, "schedule": "daily"})").value();
  Json change = parse_json("body", R"({"max_price": null, "other": 1})").value();
  ASSERT_TRUE((OptionsReader{.options = options}.read(change)));
  EXPECT_FALSE(options.max_price);
  EXPECT_EQ(options.schedule, Schedule::kDaily);
  EXPECT_EQ(change.dump(), R"({"other":1})") << "what it does not know stays for the caller";
}

TEST(AlertOptions, WrongMembersAreNamed) {
  const std::vector<std::pair<std::string, std::string>> kCases = {
      {R"({"name": ""})", "name"},
      {R"({"name": "a\nb"})", "name"},
      {R"({"name": 7})", "name"},
      {R"({"min_relevance": 2})", "min_relevance"},
      {R"({"min_relevance": "high"})", "min_relevance"},
      {R"({"events": []})", "events"},
      {R"({"events": ["gone"]})", "events"},
      {R"({"events": ["new", "new"]})", "events"},
      {R"({"max_price": -1})", "max_price"},
      {R"({"max_price": 1e300})", "max_price"},
      {R"({"exclude_words": "fur"})", "exclude_words"},
      {R"({"exclude_words": [""]})", "exclude_words"},
      {R"({"channels": [{"type": "fax"}]})", "channels[0].type"},
      {R"({"channels": [{"type": "email", "url": "https://x.example"}]})", "channels[0].url"},
      {R"({"channels": [{"type": "webhook"}]})", "channels[0].url"},
      {R"({"channels": [{"type": "webhook", "url": "file:///etc/passwd"}]})", "channels[0].url"},
      {R"({"channels": [{"type": "ntfy", "url": "https://ntfy.sh/"}]})", "channels[0].url"},
      {R"({"channels": [{"type": "email"}, {"type": "email"}]})", "channels"},
      {R"({"channels": ["email"]})", "channels[0]"},
      {R"({"schedule": "hourly"})", "schedule"},
      {R"({"time_zone": "Mars/Olympus"})", "time_zone"},
      {R"({"time_zone": "../../etc/passwd"})", "time_zone"},
      {R"({"quiet_hours": {"from": "22:00"}})", "quiet_hours.to"},
      {R"({"quiet_hours": {"from": "24:00", "to": "07:00"}})", "quiet_hours.from"},
      {R"({"quiet_hours": {"from": "07:00", "to": "07:00"}})", "quiet_hours.to"},
      {R"({"quiet_hours": "night"})", "quiet_hours"},
  };
  for (const auto& [text, field] : kCases) {
    const auto read = read_text(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalid) << text;
    EXPECT_EQ(read.error().field, field) << text;
  }
  EXPECT_EQ(
      read_text(R"({"channels": [{"type": "webhook", "url": "https://x.example"}]})", false).error().field,
      "channels[0].type")
      << "whoever has no account makes the server call nobody";
}

TEST(StoredQuery, KeepsWhatAQueryAsks) {
  search::Query query;
  query.text = "red coat";
  query.like = {ItemId{3}, ItemId{5}};
  query.min_relevance = 0.25;
  query.filter.any_of = {{"brand", {"levi's", "gap"}}};
  query.filter.none_of = {{"category", {"bags"}}};
  query.filter.max_price = 40;
  query.filter.price_in = {{.currency = "EUR", .max = 50}};
  query.filter.listed_after = parse_rfc3339("t", "2026-01-02T03:04:05Z").value();
  query.filter.no_words = {{.forms = {"fur"}, .unless = {"no fur"}, .in_names_only = true}};
  query.required.any_of = {{"source", {"shop"}}};
  query.required.among.emplace();
  query.part.box = {.left = 0.25, .top = 0, .right = 1, .bottom = 0.5};
  const auto stored = stored_query(parse_json("q", dump_json(query_json(query))).value()).value();
  EXPECT_EQ(query_json(stored), query_json(query));
  ASSERT_EQ(stored.filter.price_in.size(), 1U);
  EXPECT_EQ(stored.filter.price_in[0].max, 50);
  EXPECT_EQ(stored.part.box, query.part.box);
  Json older = query_json(query);
  older.erase("part");
  older["filter"].erase("price_in");
  EXPECT_TRUE(stored_query(older).value().filter.price_in.empty()) << "as versions before stored it";
  EXPECT_TRUE(stored.required.among && stored.required.among->empty()) << "a filter of nothing stays one";
  EXPECT_EQ(stored_query(Json::object()).error().code, ErrorCode::kDamaged);
}

}  // namespace
}  // namespace fit::alerts
