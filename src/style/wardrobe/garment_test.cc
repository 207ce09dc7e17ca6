#include "style/wardrobe/garment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "style/wardrobe/garment_csv.h"
#include "style/wardrobe/wardrobe_summary.h"

namespace fit::style {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

const Timestamp kToday = parse_rfc3339("time", "2026-03-10T12:00:00Z").value();

const ontology::Ontology& words() {
  static const ontology::Ontology kWords = ontology::Ontology::load().value();
  return kWords;
}

domain::Properties with(std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
  domain::Properties properties;
  for (const auto& [name, value] : values) properties.at(domain::property_index(name).value()) = value;
  return properties;
}

Garment described(const domain::Properties& stated, const domain::Properties& seen) {
  Garment garment;
  garment.fields.stated = stated;
  garment.seen = seen;
  describe_garment(garment, words());
  return garment;
}

std::string field_of(const GarmentFields& fields) {
  const auto checked = check_garment(fields, words());
  return checked ? "" : checked.error().field;
}

TEST(Garments, ThePersonComesBeforeTheModels) {
  const Garment garment =
      described(with({{"primary_color", "blue"}, {"pattern", kNoValue}}), with({{"category", "shoes"},
                                                                                {"subcategory", "boots"},
                                                                                {"primary_color", "red"},
                                                                                {"pattern", "striped"}}));
  EXPECT_EQ(garment.properties[domain::kPrimaryColor], "blue");
  EXPECT_EQ(garment.origins[domain::kPrimaryColor].origin, domain::Origin::kSeller);
  EXPECT_EQ(garment.properties[domain::kPattern], "") << "the person says that there is none";
  EXPECT_EQ(garment.origins[domain::kPattern].origin, domain::Origin::kSeller);
  EXPECT_EQ(garment.properties[domain::kSubcategory], "boots");
  EXPECT_EQ(garment.origins[domain::kSubcategory].origin, domain::Origin::kPhoto);
  EXPECT_EQ(garment.slot, Slot::kShoes);
}

TEST(Garments, WhatTheModelsSeeFitsWhatThePersonSays) {
  const Garment garment =
      described(with({{"category", "bags"}}), with({{"category", "shoes"}, {"subcategory", "boots"}}));
  EXPECT_EQ(garment.properties[domain::kCategory], "bags");
  EXPECT_EQ(garment.properties[domain::kSubcategory], "") << "boots are no bags";
  EXPECT_EQ(garment.slot, Slot::kBag);
  EXPECT_EQ(described({}, {}).slot, std::nullopt);
}

TEST(Garments, NamesTellWhatIsNotStated) {
  Garment garment;
  garment.fields.name = "Red leather boots";
  garment.fields.stated = with({{"primary_color", "blue"}});
  garment.seen = with({{"material", "denim"}, {"pattern", "striped"}});
  describe_garment(garment, words());
  EXPECT_EQ(garment.properties[domain::kSubcategory], "boots");
  EXPECT_EQ(garment.origins[domain::kSubcategory].origin, domain::Origin::kText);
  EXPECT_EQ(garment.properties[domain::kMaterial], "leather");
  EXPECT_EQ(garment.properties[domain::kPrimaryColor], "blue");
  EXPECT_EQ(garment.properties[domain::kPattern], "striped");
  EXPECT_EQ(garment.slot, Slot::kShoes);
}

TEST(Garments, AreChecked) {
  GarmentFields fields{.name = "  Coat ", .price = 12.5, .currency = "eur", .tags = {" a ", "b", "a", ""}};
  fields.stated = with({{"primary_color", "Grey"}});
  const GarmentFields checked = check_garment(fields, words()).value();
  EXPECT_EQ(checked.name, "Coat");
  EXPECT_EQ(checked.currency, "EUR");
  EXPECT_THAT(checked.tags, ElementsAre("a", "b"));
  EXPECT_EQ(checked.stated[domain::kPrimaryColor], "gray");
  EXPECT_EQ(field_of({.name = std::string(201, 'x')}), "name");
  EXPECT_EQ(field_of({.name = "a\nb"}), "name");
  EXPECT_EQ(field_of({.name = "\xFF"}), "name");
  EXPECT_EQ(field_of({.notes = "a\nb"}), "") << "notes may have lines";
  EXPECT_EQ(field_of({.price = 5}), "currency");
  EXPECT_EQ(field_of({.price = -1, .currency = "EUR"}), "price");
  EXPECT_EQ(field_of({.currency = "EURO"}), "currency");
  EXPECT_EQ(field_of({.bought_on = "2026-02-30"}), "bought_on");
  EXPECT_EQ(field_of({.tags = {"a;b"}}), "tags");
  EXPECT_EQ(field_of({.tags = std::vector<std::string>{"1",  "2",  "3",  "4",  "5",  "6",  "7",
                                                       "8",  "9",  "10", "11", "12", "13", "14",
                                                       "15", "16", "17", "18", "19", "20", "21"}}),
            "tags");
  EXPECT_EQ(field_of({.stated = with({{"pattern", "unheard of"}})}), "properties.pattern");
}

TEST(Garments, WereWornInThePast) {
  EXPECT_EQ(check_past_date("date", "2026-03-10", kToday).value(), "2026-03-10");
  EXPECT_TRUE(check_past_date("date", "2026-03-11", kToday)) << "it is tomorrow in Kiribati";
  EXPECT_FALSE(check_past_date("date", "2026-03-12", kToday));
  EXPECT_TRUE(check_date("date", "2024-02-29"));
  for (const char* text : {"", "2026", "2026-13-01", "2026-02-29", "2026-03-00", "2026-3-1", "2026-03-1 ",
                           "+026-03-01", "2026/03/01", "2026-03-10T00:00:00Z", "10.03.2026", "x"}) {
    EXPECT_FALSE(check_date("date", text)) << text;
  }
}

TEST(Garments, AreFiltered) {
  Garment garment = described({}, with({{"category", "shoes"}, {"primary_color", "red"}}));
  garment.fields.name = "Crème Brûlée";
  garment.fields.tags = {"party"};
  EXPECT_TRUE(matches(garment, {}));
  EXPECT_TRUE(matches(garment, {.slot = Slot::kShoes, .category = "shoes", .color = "red"}));
  EXPECT_FALSE(matches(garment, {.slot = Slot::kTop}));
  EXPECT_FALSE(matches(garment, {.color = "blue"}));
  EXPECT_TRUE(matches(garment, {.text = " CREME b"}));
  EXPECT_TRUE(matches(garment, {.text = "part"}));
  EXPECT_FALSE(matches(garment, {.text = "work"}));
  EXPECT_FALSE(matches(garment, {.state = GarmentState::kLent}));
  EXPECT_TRUE(matches(garment, {.never_worn = true}));
  garment.wears = 1;
  EXPECT_FALSE(matches(garment, {.never_worn = true}));
}

TEST(GarmentTables, LoseNothing) {
  Garment garment;
  garment.id = GarmentId{7};
  garment.fields = {.name = "A \"red\" coat, long",
                    .brand = "Ácme",
                    .size = "M",
                    .price = 0.1,
                    .currency = "EUR",
                    .bought_on = "2026-01-02",
                    .notes = "one\r\ntwo\n\nthree",
                    .care = "30 °C",
                    .tags = {"a b", "=1+1"},
                    .state = GarmentState::kLent,
                    .stated = with({{"pattern", kNoValue}, {"category", "outerwear"}})};
  garment.photos = {{.asset = 12, .is_sent = true}, {.asset = 3, .is_sent = false}};
  garment.worn_on = {"2026-02-01", "2026-03-01"};
  Garment bare;
  bare.id = GarmentId{9};
  bare.fields.name = "x";
  const std::vector<Garment> garments = {garment, bare};
  const auto rows = parse_garments_csv(garments_csv(garments), words(), 10, kToday);
  ASSERT_TRUE(rows) << rows.error().describe();
  ASSERT_EQ(rows->size(), 2U);
  const GarmentRow& row = rows->front();
  EXPECT_EQ(row.id, garment.id);
  EXPECT_EQ(row.draft.fields, garment.fields);
  ASSERT_EQ(row.draft.photos.size(), 2U);
  EXPECT_EQ(row.draft.photos[0].asset, 12);
  EXPECT_EQ(row.draft.photos[1].asset, 3);
  EXPECT_EQ(row.worn_on, garment.worn_on);
  EXPECT_EQ(rows->back().draft.fields, bare.fields);
}

TEST(GarmentTables, PhotosMayBeFiles) {
  Garment garment;
  garment.id = GarmentId{7};
  garment.fields.cutout = true;
  garment.photos = {{.asset = 12}, {.asset = 4}, {.asset = 3}};
  const std::vector<Garment> garments = {garment};
  const std::string csv = garments_csv(garments, [](const GarmentPhoto& photo) {
    return photo.asset == 4 ? std::string() : "photos/" + std::to_string(photo.asset) + ".jpg";
  });
  const auto rows = parse_garments_csv(csv, words(), 10, kToday, PhotosAre::kFiles);
  ASSERT_TRUE(rows) << rows.error().describe();
  EXPECT_EQ(rows->front().photo_files, (std::vector<std::string>{"photos/12.jpg", "photos/3.jpg"}));
  EXPECT_TRUE(rows->front().draft.photos.empty());
  EXPECT_EQ(rows->front().draft.fields, garment.fields);
  EXPECT_EQ(parse_garments_csv(csv, words(), 10, kToday).error().field, "photos") << "they are no assets";
  const auto bare = parse_garments_csv("photos\na.jpg\n", words(), 10, kToday, PhotosAre::kFiles);
  EXPECT_TRUE(bare) << "a garment with a photo needs no name";
}

TEST(GarmentTables, MistakesAreNamed) {
  const auto mistake = [](std::string_view csv) {
    const auto rows = parse_garments_csv(csv, words(), 2, kToday);
    return rows ? std::string() : rows.error().field;
  };
  EXPECT_EQ(mistake("name\na\nb\n"), "");
  EXPECT_EQ(mistake(" Name \nx"), "");
  EXPECT_EQ(mistake(""), "body");
  EXPECT_EQ(mistake("name\na\nb\nc\n"), "body") << "too many";
  EXPECT_EQ(mistake("name,brand\na\n"), "body") << "a cell is missing";
  EXPECT_EQ(mistake("name,wear\na,b\n"), "wear");
  EXPECT_EQ(mistake("name,name\na,b\n"), "name");
  EXPECT_EQ(mistake("brand\nx\n"), "name");
  EXPECT_EQ(mistake("id,brand\n7,x\n"), "") << "the photos of garment 7 may be gone";
  EXPECT_EQ(mistake("name,price,currency\nx,a lot,EUR\n"), "price");
  EXPECT_EQ(mistake("name,price,currency\nx,nan,EUR\n"), "price");
  EXPECT_EQ(mistake("name,state\nx,gone\n"), "state");
  EXPECT_EQ(mistake("name,photos\nx,1;a\n"), "photos");
  EXPECT_EQ(mistake("name,photos\nx,1;2;3;4;5;6;7;8;9;10;11\n"), "photos");
  EXPECT_EQ(mistake("name,cutout\nx,maybe\n"), "cutout");
  EXPECT_EQ(mistake("name,cutout\nx,TRUE\n"), "");
  EXPECT_EQ(mistake("name,worn_on\nx,2027-01-01\n"), "worn_on");
  EXPECT_EQ(mistake("name,pattern\nx,unheard of\n"), "properties.pattern");
  EXPECT_NE(parse_garments_csv("name,id\nx,1\ny,-4\n", words(), 2, kToday).error().message.find("line 3"),
            std::string::npos);
}

TEST(GarmentTables, HaveAnEndOfDays) {
  std::string days;
  for (std::size_t i = 0; i < kMaxTableDays / 4; ++i) days += "2026-03-01;";
  std::string csv = "name,worn_on\n";
  for (int i = 0; i < 4; ++i) csv += "coat," + days + "\n";
  const auto all = parse_garments_csv(csv, words(), 10, kToday);
  EXPECT_TRUE(all) << all.error().describe();
  const auto more = parse_garments_csv(csv + "hat,2026-03-01\n", words(), 10, kToday);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(more.error().field, "worn_on");
}

TEST(GarmentTables, AnyBytesAreReadOrRefused) {
  std::mt19937 random(7);
  const std::string_view alphabet = "name,brand;\"\r\n-12.\xC3\xA9\xFF";
  for (int round = 0; round < 3'000; ++round) {
    std::string csv = round % 2 == 0 ? "name,tags,worn_on\n" : "";
    for (std::size_t i = 0, size = random() % 60; i < size; ++i) csv += alphabet[random() % alphabet.size()];
    const auto rows = parse_garments_csv(csv, words(), 100, kToday);
    EXPECT_TRUE(rows || rows.error().code != ErrorCode::kInternal) << csv;
  }
}

TEST(WardrobeSummaries, CountWhatIsWornAndWhatItCosts) {
  std::vector<Garment> garments(4, described({}, with({{"category", "shoes"}, {"primary_color", "red"}})));
  for (std::size_t i = 0; i < garments.size(); ++i)
    garments[i].id = GarmentId{static_cast<std::int64_t>(9 - i)};
  garments[0].fields.price = 30;
  garments[0].fields.currency = "EUR";
  garments[0].wears = 4;
  garments[1].fields.price = 10;
  garments[1].fields.currency = "EUR";
  garments[2].fields.state = GarmentState::kRetired;
  const WardrobeSummary summary = summarise(garments);
  EXPECT_EQ(summary.garments, 4);
  EXPECT_EQ(summary.wears, 4);
  EXPECT_THAT(summary.slots, ElementsAre(Pair("shoes", 4)));
  EXPECT_THAT(summary.categories, ElementsAre(Pair("shoes", 4)));
  EXPECT_THAT(summary.colors, ElementsAre(Pair("red", 4)));
  EXPECT_THAT(summary.states, ElementsAre(Pair("ready", 3), Pair("retired", 1)));
  ASSERT_EQ(summary.costs.size(), 1U);
  EXPECT_EQ(summary.costs.at("EUR").garments, 2);
  EXPECT_EQ(summary.costs.at("EUR").price, 40);
  EXPECT_EQ(summary.costs.at("EUR").wears, 4);
  EXPECT_THAT(summary.never_worn, ElementsAre(GarmentId{6}, GarmentId{8}));
  EXPECT_EQ(garments[0].cost_per_wear(), 7.5);
  EXPECT_EQ(garments[1].cost_per_wear(), std::nullopt);
}

}  // namespace
}  // namespace fit::style
