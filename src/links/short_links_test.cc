#include "links/short_links.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "store/test_support.h"

namespace fit::links {
namespace {

using std::chrono::days;

constexpr std::string_view kQuery = R"({"text":"navy coat"})";

class ShortLinksContract : public ::testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no " << GetParam().name << " on this machine";
    catalogue_ = store::open_catalogue(GetParam().url(folder_), {.connections = 1}).value();
  }

  ShortLinks links(const ShortLinkLimits& limits = {}) { return ShortLinks(catalogue_->database(), limits); }

  static NewShortLink of(const std::string& owner, ByteView photo = {}) {
    return {.owner = owner, .query = std::string(kQuery), .first_item = {}, .photo = photo};
  }

  std::int64_t photos() {
    return catalogue_->database()
        .read([](sql::SqlConnection& connection) {
          return connection.query_integer("SELECT COUNT(*) FROM short_link_photos", {});
        })
        .value()
        .value_or(-1);
  }

  TempDir folder_;
  std::unique_ptr<store::Catalogue> catalogue_;
  const Timestamp start_ = now();
  const Bytes photo_ = Bytes(1000, std::byte{7});
};

TEST_P(ShortLinksContract, AreKeptByTheirCode) {
  ShortLinks kept = links();
  NewShortLink given = of("user:3");
  given.first_item = ItemId{41};
  const ShortLink made = kept.create(given, start_).value();
  EXPECT_TRUE(is_short_code(made.code)) << made.code;
  const ShortLink read = kept.get(made.code, start_).value();
  EXPECT_EQ(read.code, made.code);
  EXPECT_EQ(read.query, kQuery);
  EXPECT_EQ(read.owner, "user:3");
  EXPECT_EQ(read.first_item, ItemId{41});
  EXPECT_FALSE(read.has_photo);
  EXPECT_EQ(read.created_at, made.created_at);
  EXPECT_EQ(read.expires_at - read.created_at, ShortLinks::kLifetime);
  EXPECT_EQ(kept.photo(made.code).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(kept.get(kept.create(of(""))->code)->first_item);
}

TEST_P(ShortLinksContract, CodesAreDrawn) {
  ShortLinks kept = links();
  std::set<std::string> codes;
  for (int i = 0; i < 200; ++i) codes.insert(kept.create(of("user:1"))->code);
  EXPECT_EQ(codes.size(), 200U);
}

TEST_P(ShortLinksContract, HostileCodesAreUnknown) {
  ShortLinks kept = links();
  const std::string code = kept.create(of("user:3"))->code;
  for (const std::string& wrong :
       {std::string(), code.substr(1), code + "a", code + " ", "%" + code.substr(1),
        std::string("' OR 1=1 --x"), std::string(13, '\0'), std::string(100'000, 'a'),
        std::string("aaaaaaaaaaaa\xff"), std::string("AAAAAAAAAAAAA"), std::string("llllllllllloo"),
        std::string("a\u202eaaaaaaaaa")}) {
    EXPECT_FALSE(is_short_code(wrong));
    EXPECT_EQ(kept.get(wrong).error().code, ErrorCode::kNotFound) << wrong.size();
    EXPECT_EQ(kept.photo(wrong).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(kept.remove(wrong, "user:3").error().code, ErrorCode::kNotFound);
  }
  EXPECT_EQ(kept.get("aaaaaaaaaaaaa").error().code, ErrorCode::kNotFound);
}

TEST_P(ShortLinksContract, APhotoIsDeletedWhenItsLinkExpires) {
  ShortLinks kept = links();
  const std::string code = kept.create(of("user:3", photo_), start_)->code;
  const std::string other = kept.create(of("user:3"), start_)->code;
  EXPECT_EQ(kept.photo(code, start_).value(), photo_);
  EXPECT_TRUE(kept.get(code, start_ + days(30) - std::chrono::seconds(1))->has_photo);
  EXPECT_EQ(kept.get(code, start_ + days(30)).error().code, ErrorCode::kNotFound) << "before it is removed";
  EXPECT_EQ(kept.photo(code, start_ + days(30)).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(kept.prune(start_ + days(29), 100).value(), 0);
  EXPECT_EQ(photos(), 1);
  EXPECT_EQ(kept.prune(start_ + days(30), 100).value(), 1);
  EXPECT_EQ(photos(), 0);
  EXPECT_EQ(kept.get(code, start_).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(kept.get(other, start_ + days(364)));
  EXPECT_EQ(kept.prune(start_ + days(365), 100).value(), 1);
}

TEST_P(ShortLinksContract, AreRemovedByWhoMadeThem) {
  ShortLinks kept = links();
  const std::string code = kept.create(of("user:3", photo_))->code;
  const std::string nobodys = kept.create(of(""))->code;
  for (const char* other : {"user:30", "user:", "", "key:3"}) {
    EXPECT_EQ(kept.remove(code, other).error().code, ErrorCode::kNotFound);
  }
  EXPECT_EQ(kept.remove(nobodys, "").error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(kept.remove(code, "user:3"));
  EXPECT_EQ(photos(), 0);
  EXPECT_EQ(kept.remove(code, "user:3").error().code, ErrorCode::kNotFound);
}

TEST_P(ShortLinksContract, OfAUserAreListedAndRemovedTogether) {
  ShortLinks kept = links();
  const std::string first = kept.create(of("user:3", photo_), start_)->code;
  const std::string second = kept.create(of("user:3"), start_ + std::chrono::seconds(1))->code;
  ASSERT_TRUE(kept.create(of("user:14")));
  ASSERT_TRUE(kept.create(of("key:3")));
  const auto listed = kept.list("user:3").value();
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].code, second);
  EXPECT_EQ(kept.list("user:3", start_ + days(31))->size(), 1U);
  auto users = kept.users().value();
  std::ranges::sort(users);
  EXPECT_EQ(users, (std::vector<std::int64_t>{3, 14}));
  ASSERT_TRUE(kept.remove_all("user:3"));
  EXPECT_TRUE(kept.list("user:3")->empty());
  EXPECT_EQ(kept.users().value(), std::vector<std::int64_t>{14});
}

TEST_P(ShortLinksContract, AreLimited) {
  ShortLinks kept = links({.of_owner = 2, .of_strangers = 3, .all = 6, .photo_bytes = 1500});
  ASSERT_TRUE(kept.create(of("user:1", photo_)));
  EXPECT_EQ(kept.create(of("user:1", photo_)).error().code, ErrorCode::kStorageFull)
      << "too many bytes of photos";
  ASSERT_TRUE(kept.create(of("user:1")));
  EXPECT_EQ(kept.create(of("user:1")).error().code, ErrorCode::kConflict);
  ASSERT_TRUE(kept.create(of("")));
  ASSERT_TRUE(kept.create(of("device:a")));
  ASSERT_TRUE(kept.create(of("device:b")));
  EXPECT_EQ(kept.create(of("device:c")).error().code, ErrorCode::kStorageFull)
      << "strangers have had their part";
  EXPECT_EQ(kept.create(of("")).error().code, ErrorCode::kStorageFull);
  ASSERT_TRUE(kept.create(of("user:2")));
  EXPECT_EQ(kept.create(of("user:4")).error().code, ErrorCode::kStorageFull);
}

INSTANTIATE_TEST_SUITE_P(Engines, ShortLinksContract, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace fit::links
