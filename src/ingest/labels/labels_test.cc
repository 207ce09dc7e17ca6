// The table of labels, on each engine.
#include "ingest/labels/labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/labels/caption_budget.h"
#include "ingest/labels/label_copy.h"
#include "ontology/ontology.h"
#include "store/test_support.h"

namespace fit::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr LabelTarget kAssetOne{.kind = LabelTarget::Kind::kAsset, .id = 1};
constexpr LabelTarget kClusterOne{.kind = LabelTarget::Kind::kCluster, .id = 1};
constexpr LabelTarget kClusterTwo{.kind = LabelTarget::Kind::kCluster, .id = 2};

Label machine_label(const std::string& field, const std::string& value) {
  return {.field = field,
          .value = value,
          .language = "en",
          .confidence = 0.5,
          .origin = LabelOrigin::kModel,
          .author = "openai:llava",
          .version = "1"};
}

class LabelsContract : public ::testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "PostgreSQL is not installed";
    store_ = store::open_catalogue(GetParam().url(folder_)).value();
  }

  sql::Database& database() { return store_->database(); }
  Labels labels() { return Labels(database()); }
  void say(const LabelTarget& target, std::string_view field, std::string_view value) {
    const Label label = person_label(ontology_, field, value, "", "user:3").value();
    const auto set = labels().set(target, label);
    ASSERT_TRUE(set) << set.error().describe();
  }
  Result<void> remove(const LabelTarget& target, std::string_view field, std::string_view value = "") {
    return labels().remove(target, field, value, "user:3");
  }
  std::int64_t run(const LabelTarget& target, const std::vector<Label>& said) {
    return labels().write_machine(target, said).value();
  }
  // "field=value" of each label; those of people with a star.
  std::vector<std::string> read(const LabelTarget& target) {
    std::vector<std::string> shown;
    const std::vector<Label> all = labels().get(target).value();
    for (const Label& label : all) {
      shown.push_back(label.field + "=" + label.value + (label.origin == LabelOrigin::kPerson ? "*" : ""));
    }
    return shown;
  }

  TempDir folder_;
  std::unique_ptr<store::Catalogue> store_;
  const ontology::Ontology ontology_ = ontology::Ontology::load().value();
};

TEST_P(LabelsContract, KeepsWhereALabelComesFrom) {
  run(kAssetOne, {machine_label("title", "Red dress")});
  say(kAssetOne, "primary_color", "Grey");
  const std::vector<Label> read = labels().get(kAssetOne).value();
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].author, "openai:llava");
  EXPECT_EQ(read[0].version, "1");
  EXPECT_EQ(read[0].origin, LabelOrigin::kModel);
  EXPECT_FLOAT_EQ(read[0].confidence, 0.5F);
  EXPECT_EQ(read[1].value, "gray") << "a value of the ontology";
  EXPECT_EQ(read[1].author, "user:3");
  EXPECT_EQ(read[1].origin, LabelOrigin::kPerson);
  EXPECT_GT(read[1].created_at, Timestamp());
  EXPECT_THAT(labels().get(kClusterOne).value(), IsEmpty());
}

TEST_P(LabelsContract, WhatAPersonWroteStays) {
  run(kAssetOne,
      {machine_label("title", "Shirt"), machine_label("pattern", "striped"), machine_label("tag", "old")});
  say(kAssetOne, "title", "My shirt");
  say(kAssetOne, "tag", "Holiday");
  EXPECT_EQ(run(kAssetOne, {machine_label("title", "Blouse"), machine_label("pattern", "floral"),
                            machine_label("tag", "holiday"), machine_label("tag", "new")}),
            2);
  EXPECT_THAT(read(kAssetOne), ElementsAre("title=My shirt*", "pattern=floral", "tag=holiday*", "tag=new"));
}

TEST_P(LabelsContract, WhatAPersonRemovedStaysRemoved) {
  const std::vector<Label> said = {machine_label("title", "Shirt"), machine_label("pattern", "striped"),
                                   machine_label("tag", "summer"), machine_label("tag", "beach")};
  run(kAssetOne, said);
  ASSERT_TRUE(remove(kAssetOne, "title"));
  ASSERT_TRUE(remove(kAssetOne, "pattern", "striped"));
  ASSERT_TRUE(remove(kAssetOne, "tag", "summer"));
  EXPECT_THAT(read(kAssetOne), ElementsAre("tag=beach"));
  run(kAssetOne, said);
  EXPECT_THAT(read(kAssetOne), ElementsAre("tag=beach"));
  run(kAssetOne, {machine_label("title", "Another shirt"), machine_label("pattern", "checked")});
  EXPECT_THAT(read(kAssetOne), ElementsAre("pattern=checked")) << "another value may be right";
  say(kAssetOne, "title", "Shirt");
  say(kAssetOne, "pattern", "striped");
  say(kAssetOne, "tag", "summer");
  EXPECT_THAT(read(kAssetOne), ElementsAre("title=Shirt*", "pattern=striped*", "tag=summer*"));
}

TEST_P(LabelsContract, OnlyWhatIsThereCanBeRemoved) {
  run(kAssetOne, {machine_label("pattern", "striped")});
  EXPECT_EQ(remove(kAssetOne, "title").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(remove(kAssetOne, "pattern", "floral").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(remove(kAssetOne, "tag", "x").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(remove(kAssetOne, "pattern"));
  EXPECT_EQ(remove(kAssetOne, "pattern").error().code, ErrorCode::kNotFound);
}

TEST_P(LabelsContract, APersonHasBoundedTags) {
  for (std::size_t i = 0; i < kMaxLabelTags; ++i) say(kAssetOne, "tag", "t" + std::to_string(i));
  say(kAssetOne, "tag", "t0");
  const Label more = person_label(ontology_, "tag", "more", "", "user:3").value();
  EXPECT_EQ(labels().set(kAssetOne, more).error().field, "value");
}

TEST_P(LabelsContract, ManyTargetsAreReadAtOnce) {
  run(kClusterOne, {machine_label("title", "One")});
  run(kClusterTwo, {machine_label("tag", "b"), machine_label("tag", "a"), machine_label("title", "Two")});
  run(kAssetOne, {machine_label("title", "Asset")});
  const std::vector<std::int64_t> ids = {1, 2, 3};
  const auto read = labels().read(LabelTarget::Kind::kCluster, ids).value();
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(find_label(read.at(1), "title")->value, "One");
  EXPECT_EQ(read.at(2).at(0).value, "Two");
  EXPECT_EQ(read.at(2).at(1).value, "a");
}

TEST_P(LabelsContract, AMergedTargetGivesWhatPeopleSaid) {
  run(kClusterOne, {machine_label("title", "Machine"), machine_label("category", "tops")});
  say(kClusterTwo, "title", "By a person");
  say(kClusterTwo, "tag", "loved");
  run(kClusterTwo, {machine_label("pattern", "floral")});
  ASSERT_TRUE(database().write(sql::Ordering::kUnordered, [](sql::SqlConnection& connection) {
    return merge_labels(connection, LabelTarget::Kind::kCluster, 2, 1);
  }));
  EXPECT_THAT(read(kClusterOne), ElementsAre("title=By a person*", "category=tops", "tag=loved*"));
  EXPECT_THAT(read(kClusterTwo), IsEmpty());
  say(kClusterTwo, "title", "Another person");
  ASSERT_TRUE(database().write(sql::Ordering::kUnordered, [](sql::SqlConnection& connection) {
    return merge_labels(connection, LabelTarget::Kind::kCluster, 2, 1);
  }));
  EXPECT_THAT(read(kClusterOne), ElementsAre("title=By a person*", "category=tops", "tag=loved*"));
}

TEST_P(LabelsContract, ErasedTargetsAreForgotten) {
  say(kAssetOne, "title", "Dress");
  ASSERT_TRUE(remove(kAssetOne, "title"));
  say(kClusterOne, "title", "Dresses");
  const std::vector<std::int64_t> ids = {1};
  ASSERT_TRUE(database().write(sql::Ordering::kUnordered, [&ids](sql::SqlConnection& connection) {
    return erase_labels(connection, LabelTarget::Kind::kAsset, ids);
  }));
  EXPECT_EQ(run(kAssetOne, {machine_label("title", "Skirt")}), 1) << "nothing is remembered";
  EXPECT_THAT(read(kClusterOne), ElementsAre("title=Dresses*"));
}

TEST_P(LabelsContract, ACopyHasTheLabelsOfAssets) {
  run(kAssetOne, {machine_label("title", "Shirt"), machine_label("pattern", "striped")});
  say(kAssetOne, "tag", "loved");
  ASSERT_TRUE(remove(kAssetOne, "pattern"));
  say(kClusterOne, "title", "Shirts");
  const TempDir other;
  const auto copy = store::open_catalogue(store::testing::sqlite_url(other)).value();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(copy_labels(database(), copy->database(), {}).value(), 3);
  Labels copied(copy->database());
  EXPECT_EQ(copied.get(kAssetOne).value(), labels().get(kAssetOne).value());
  EXPECT_THAT(copied.get(kClusterOne).value(), IsEmpty());
  const std::vector<Label> again = {machine_label("pattern", "striped")};
  EXPECT_EQ(copied.write_machine(kAssetOne, again).value(), 0) << "what was removed stays removed";
}

TEST_P(LabelsContract, ADayHasItsBudget) {
  CaptionBudget budget(database(), 2);
  const Timestamp day = parse_rfc3339("time", "2026-03-01T10:00:00Z").value();
  ASSERT_TRUE(budget.take(day));
  ASSERT_TRUE(CaptionBudget(database(), 2).take(day + std::chrono::hours(13)));
  EXPECT_EQ(budget.take(day).error().code, ErrorCode::kTooManyRequests);
  EXPECT_EQ(budget.used(day).value(), 2);
  EXPECT_TRUE(budget.take(day + std::chrono::hours(14))) << "the next day";
  EXPECT_TRUE(CaptionBudget(database(), 0).take(day)) << "no limit";
}

TEST(PersonLabels, AreChecked) {
  const ontology::Ontology ontology = ontology::Ontology::load().value();
  const auto field_of = [&](std::string_view field, const std::string& value,
                            std::string_view language = "") {
    const auto label = person_label(ontology, field, value, language, "user:3");
    return label ? std::string() : label.error().field;
  };
  EXPECT_EQ(field_of("title", "Dress"), "");
  EXPECT_EQ(field_of("colour", "red"), "field");
  EXPECT_EQ(field_of("title", " "), "value");
  EXPECT_EQ(field_of("title", std::string(kMaxLabelTitleBytes + 1, 'x')), "value");
  EXPECT_EQ(field_of("tag", std::string(kMaxLabelTagBytes + 1, 'x')), "value");
  EXPECT_EQ(field_of("title", "a\nb"), "value");
  EXPECT_EQ(field_of("title", "\xff"), "value");
  EXPECT_EQ(field_of("pattern", "zigzag"), "value");
  EXPECT_EQ(field_of("title", "Robe", "fr"), "");
  EXPECT_EQ(field_of("title", "Robe", "fr'--"), "language");
  EXPECT_THAT(person_label(ontology, "pattern", "stripes", "", "u").value().value, "striped");
  EXPECT_THAT(person_label(ontology, "pattern", "stripped", "", "u").error().message,
              ::testing::HasSubstr("striped"));
}

INSTANTIATE_TEST_SUITE_P(Engines, LabelsContract, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace fit::ingest
