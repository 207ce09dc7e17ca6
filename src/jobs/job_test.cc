#include "jobs/job.h"

#include <gtest/gtest.h>

namespace fit::jobs {
namespace {

TEST(Job, StatesHaveNames) {
  for (std::size_t i = 0; i < kStateNames.size(); ++i) {
    const auto state = static_cast<State>(i);
    EXPECT_EQ(parse_state("state", to_string(state)).value(), state);
  }
  const auto unknown = parse_state("state", "asleep");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().field, "state");
  EXPECT_NE(unknown.error().message.find("waiting, delayed"), std::string::npos);
  EXPECT_EQ(parse_error_class("error_class", "bad_input").value(), ErrorClass::kBadInput);
  EXPECT_EQ(parse_error_class("error_class", "").error().field, "error_class");
}

TEST(Job, ErrorsHaveAClass) {
  EXPECT_EQ(error_class_of(malformed("file", "is no image")), ErrorClass::kBadInput);
  EXPECT_EQ(error_class_of({ErrorCode::kTooLarge, "", "", ""}), ErrorClass::kBadInput);
  EXPECT_EQ(error_class_of({ErrorCode::kUnavailable, "", "", ""}), ErrorClass::kDependency);
  EXPECT_EQ(error_class_of({ErrorCode::kStorageFull, "", "", ""}), ErrorClass::kDependency);
  EXPECT_EQ(error_class_of(internal("a bug", "")), ErrorClass::kTransient);
  EXPECT_EQ(error_class_of({ErrorCode::kDeadlineExceeded, "", "", ""}), ErrorClass::kTransient);
}

TEST(Job, KindsAreShortNames) {
  EXPECT_TRUE(check_kind("name", "asset"));
  EXPECT_TRUE(check_kind("name", "a-1_b.c"));
  for (const std::string kind : {"", "Asset", "a b", "a/b", "ä"}) EXPECT_FALSE(check_kind("name", kind));
  EXPECT_TRUE(check_kind("name", std::string(63, 'a')));
  EXPECT_EQ(check_kind("name", std::string(64, 'a')).error().field, "name");
}

}  // namespace
}  // namespace fit::jobs
