#include "ingest/sources/listing_truth.h"

#include <gtest/gtest.h>

namespace fit::ingest {
namespace {

const Timestamp kVisitTime = Timestamp(std::chrono::seconds(1'800'000'000));

KnownListing known_as(const std::string& status, const std::string& hash = "h") {
  return {.external_id = "1", .item_key = "1", .url = {}, .content_hash = hash, .status = status};
}

catalog::ItemInput shown_as(const std::string& status) {
  catalog::ItemInput input;
  input.listing.title = "Wool coat";
  input.listing.status = status;
  return input;
}

ListingChange change(const std::string& before, const std::string& after, const std::string& hash = "other") {
  return change_of(known_as(before), shown_as(after), hash, kVisitTime);
}

TEST(ListingTruth, TellsWhatAVisitMeans) {
  EXPECT_EQ(change_of(std::nullopt, shown_as("active"), "h", kVisitTime), ListingChange::kNew);
  EXPECT_EQ(change("active", "active", "h"), ListingChange::kNone);
  EXPECT_EQ(change("active", "active"), ListingChange::kChanged);
  EXPECT_EQ(change("active", "reserved"), ListingChange::kChanged);
  EXPECT_EQ(change("active", "sold"), ListingChange::kSold);
  EXPECT_EQ(change("reserved", "removed"), ListingChange::kRemoved);
  EXPECT_EQ(change("sold", "active"), ListingChange::kRestocked);
  EXPECT_EQ(change("removed", "active", "h"), ListingChange::kRestocked) << "it is back as it was";
  EXPECT_EQ(change("sold", "sold", "h"), ListingChange::kNone);
  EXPECT_EQ(change("deleted", "active"), ListingChange::kNone) << "a person has removed the item";
}

TEST(ListingTruth, TriesWhatFailedAgainWhenItIsDue) {
  KnownListing known = known_as("");
  known.failures = 1;
  known.next_visit = kVisitTime + std::chrono::hours(1);
  EXPECT_EQ(change_of(known, shown_as("active"), "h", kVisitTime), ListingChange::kNone);
  EXPECT_EQ(change_of(known, shown_as("active"), "other", kVisitTime), ListingChange::kNew)
      << "it has changed";
  EXPECT_EQ(change_of(known, shown_as("active"), "h", known.next_visit), ListingChange::kNew);
  known.status = "active";
  EXPECT_EQ(change_of(known, shown_as("active"), "h", known.next_visit), ListingChange::kChanged)
      << "its images are incomplete";
}

TEST(ListingTruth, WaitsForWhatIsBeingWritten) {
  KnownListing known = known_as("");
  known.batch = 7;
  EXPECT_EQ(change_of(known, shown_as("active"), "h", kVisitTime), ListingChange::kNone);
  EXPECT_EQ(change_of(known, shown_as("active"), "other", kVisitTime), ListingChange::kNew);
}

TEST(ListingTruth, VisitsOftenWhatChangesOften) {
  using std::chrono::hours;
  EXPECT_EQ(next_visit_interval({}, false), hours(3));
  EXPECT_EQ(next_visit_interval(hours(24), true), hours(12));
  EXPECT_EQ(next_visit_interval(hours(24), false), hours(36));
  EXPECT_EQ(next_visit_interval(hours(4), true), hours(3));
  EXPECT_EQ(next_visit_interval(hours(160), false), hours(168));
  EXPECT_EQ(retry_interval(1), hours(3));
  EXPECT_EQ(retry_interval(3), hours(12));
  EXPECT_EQ(retry_interval(1000), hours(168));
}

TEST(ListingTruth, AsksBeforeMostOfASourceIsRemoved) {
  EXPECT_FALSE(must_confirm(5, 10));
  EXPECT_TRUE(must_confirm(6, 10));
  EXPECT_TRUE(must_confirm(1, 1));
  EXPECT_FALSE(must_confirm(0, 0));
}

TEST(ListingTruth, KeepsWhatLaterPagesDrop) {
  domain::ItemRecord stored;
  stored.listing.title = "Wool coat";
  stored.listing.size = "M";
  stored.listing.price = 80;
  stored.listing.currency = "EUR";
  const std::size_t category = domain::kCategory;
  stored.listing.properties[category] = "coat";
  stored.origins[category] = {.origin = domain::Origin::kSeller};
  stored.listing.properties[category + 1] = "guessed";
  stored.origins[category + 1] = {.origin = domain::Origin::kPhoto};
  stored.images.push_back({});
  stored.images.back().location = "https://shop.example/1.jpg";
  catalog::ItemInput sold = shown_as("sold");
  sold.listing.title = "Wool coat (sold)";
  keep_first_sight(sold, stored);
  EXPECT_EQ(sold.listing.title, "Wool coat (sold)");
  EXPECT_EQ(sold.listing.size, "M");
  EXPECT_EQ(sold.listing.price, 80);
  EXPECT_EQ(sold.listing.currency, "EUR");
  EXPECT_EQ(sold.listing.properties[category], "coat");
  EXPECT_EQ(sold.listing.properties[category + 1], "") << "what a model has found is found again";
  ASSERT_EQ(sold.images.size(), 1U);
  EXPECT_EQ(sold.images[0].location, "https://shop.example/1.jpg");
}

TEST(ListingTruth, FindsTitlesWhateverTheirLetters) {
  EXPECT_EQ(title_number("Café COAT"), title_number("cafe coat"));
  EXPECT_NE(title_number("coat"), title_number("dress"));
  EXPECT_EQ(title_number(""), 0);
}

}  // namespace
}  // namespace fit::ingest
