#include "style/feedback/feedback.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "style/feedback/person.h"

namespace fit::style {
namespace {

std::string field_of(const Result<void>& result) {
  return result ? std::string() : result.error().field;
}

TEST(FeedbackTargets, AreRead) {
  EXPECT_EQ(parse_target("item", "42")->id, "42");
  EXPECT_EQ(item_of(parse_target("item", "42").value()), ItemId{42});
  EXPECT_EQ(item_of(parse_target("result", "7").value()), ItemId{7});
  EXPECT_EQ(item_of(parse_target("piece", "o_1.a-B/9").value()), ItemId{9});
  EXPECT_FALSE(item_of(parse_target("outfit", "o_1").value()).has_value());
  EXPECT_FALSE(item_of(parse_target("garment", "3").value()).has_value());
  EXPECT_EQ(to_string(FeedbackTarget::Kind::kPiece), "piece");
}

TEST(FeedbackTargets, WrongOnesAreNamed) {
  EXPECT_EQ(parse_target("shop", "1").error().field, "target.kind");
  EXPECT_EQ(parse_target("", "1").error().field, "target.kind");
  for (const std::string id : {"", "0", "-1", " 1", "1 ", "x", "1e3", "99999999999999999999"}) {
    EXPECT_EQ(parse_target("item", id).error().field, "target.id") << id;
    EXPECT_EQ(parse_target("piece", "outfit/" + id).error().field, "target.id") << id;
  }
  for (const std::string& id : {std::string(), std::string("a b"), std::string("a/b"), std::string("a'--"),
                                std::string("\xff"), std::string("a\0b", 3), std::string(101, 'a')}) {
    EXPECT_EQ(parse_target("outfit", id).error().field, "target.id") << id;
  }
  for (const std::string id : {"1", "/1", "outfit/", "a/b/1"}) {
    EXPECT_EQ(parse_target("piece", id).error().field, "target.id") << id;
  }
}

TEST(Signals, AreRead) {
  for (const std::string_view name : kSignals) EXPECT_EQ(to_string(parse_signal(name).value()), name);
  EXPECT_EQ(parse_signal("love").error().field, "signal");
  EXPECT_EQ(parse_signal("").error().field, "signal");
}

TEST(FeedbackChecks, NameTheField) {
  const auto checked = [](Signal signal, std::optional<double> value) {
    return field_of(check_feedback({.target = {}, .signal = signal, .value = value}));
  };
  EXPECT_EQ(checked(Signal::kLike, std::nullopt), "");
  EXPECT_EQ(checked(Signal::kLike, 1), "value");
  EXPECT_EQ(checked(Signal::kRating, 4.5), "");
  EXPECT_EQ(checked(Signal::kRating, std::nullopt), "value");
  EXPECT_EQ(checked(Signal::kRating, 0.5), "value");
  EXPECT_EQ(checked(Signal::kRating, 6), "value");
  EXPECT_EQ(checked(Signal::kRating, std::nan("")), "value");
  EXPECT_EQ(checked(Signal::kRating, std::numeric_limits<double>::infinity()), "value");
}

TEST(FeedbackChecks, BoundContextAndKey) {
  NewFeedback feedback;
  feedback.context = {{"query", "red coat"}, {"position", 3}};
  EXPECT_EQ(field_of(check_feedback(feedback)), "");
  feedback.context = Json::array({1});
  EXPECT_EQ(field_of(check_feedback(feedback)), "context");
  feedback.context = {{"query", std::string(kMaxContextBytes, 'x')}};
  EXPECT_EQ(field_of(check_feedback(feedback)), "context");
  feedback.context = nullptr;
  feedback.key = std::string(kMaxKeyBytes, 'k');
  EXPECT_EQ(field_of(check_feedback(feedback)), "");
  for (const std::string& key : {std::string(kMaxKeyBytes + 1, 'k'), std::string("a b"), std::string("a\n"),
                                 std::string("\xc3\xa4")}) {
    feedback.key = key;
    EXPECT_EQ(field_of(check_feedback(feedback)), "key") << key;
  }
}

TEST(People, AreUsersOrDevices) {
  EXPECT_EQ(Person::user(3).str(), "user:3");
  const auto device = Person::device("0123456789abcDEF_-");
  ASSERT_TRUE(device);
  EXPECT_EQ(device->str(), "device:0123456789abcDEF_-");
  EXPECT_TRUE(device->is_device());
  for (const std::string& id : {std::string("short"), std::string(101, 'a'), std::string(20, ' '),
                                std::string("0123456789abcdef:user"), std::string(20, '\xff')}) {
    EXPECT_EQ(Person::device(id).error().field, "device_id") << id;
  }
}

}  // namespace
}  // namespace fit::style
