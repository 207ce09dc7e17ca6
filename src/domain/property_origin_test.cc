#include "domain/property_origin.h"

#include <gtest/gtest.h>

namespace fit::domain {
namespace {

TEST(PropertyOrigin, TextsReadBack) {
  PropertyOrigins origins;
  origins[0] = {Origin::kDerived, 0.87F};
  origins[1] = {Origin::kPhoto, 0.87F};
  origins[5] = {Origin::kText, 0.9F};
  origins[15] = {Origin::kText, 1};
  EXPECT_EQ(encode_origins(origins),
            "category=derived:0.87 subcategory=photo:0.87 material=text:0.9 condition=text:1");
  EXPECT_EQ(decode_origins(encode_origins(origins)), origins);
  origins[2] = {Origin::kText, 1.0F / 3};
  EXPECT_EQ(decode_origins(encode_origins(origins)), origins);
  EXPECT_EQ(encode_origins({}), "");
  EXPECT_EQ(decode_origins(""), PropertyOrigins{});
}

TEST(PropertyOrigin, PassesOverWhatItDoesNotKnow) {
  for (const char* text : {" ", "material", "material=", "material=text", "material=text:", "material=text:x",
                           "material=text:2", "material=text:-1", "material=text:nan", "material=text:0.5x",
                           "material=oracle:0.5", "shine=text:0.5", "=:", ":=", "material=seller:1"}) {
    EXPECT_EQ(decode_origins(text), PropertyOrigins{}) << text;
  }
  const PropertyOrigins read = decode_origins("shine=text:0.5  material=text:0.5 fit=future:1 ");
  EXPECT_EQ(read[5], (PropertyOrigin{Origin::kText, 0.5F}));
}

TEST(PropertyOrigin, WhatIsNotSaidIsTheSellers) {
  Properties values;
  values[0] = "tops";
  values[1] = "shirt";
  PropertyOrigins origins;
  origins[1] = {Origin::kText, 0.5F};
  origins[2] = {Origin::kText, 0.5F};
  const PropertyOrigins all = settled(values, origins);
  EXPECT_EQ(all[0], (PropertyOrigin{Origin::kSeller, 1}));
  EXPECT_EQ(all[1], (PropertyOrigin{Origin::kText, 0.5F}));
  EXPECT_EQ(all[2], PropertyOrigin{});
}

}  // namespace
}  // namespace fit::domain
