#include "domain/properties_json.h"

#include <gtest/gtest.h>

namespace fit::domain {
namespace {

TEST(PropertiesJson, HasThePropertiesWithAValueInTheirOrder) {
  EXPECT_EQ(dump_json(properties_json({})), "{}");
  Properties values;
  values[kPrimaryColor] = "red";
  values[kCategory] = "dresses";
  EXPECT_EQ(dump_json(properties_json(values)), R"({"category":"dresses","primary_color":"red"})");
}

}  // namespace
}  // namespace fit::domain
