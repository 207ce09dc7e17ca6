#include "store/validation.h"

#include <gtest/gtest.h>

#include <limits>

namespace fit::store {
namespace {

TEST(StorableText, TakesWellFormedUtf8) {
  for (const std::string_view text : {"", "a", "plain text of more than eight bytes", "caf\xC3\xA9",
                                      "\xE2\x82\xAC", "\xF0\x9F\x91\x97 dress", "\xED\x9F\xBF",
                                      "\xEE\x80\x80", "\xF4\x8F\xBF\xBF", "\x01\x7F", "12345678\xC2\x80"}) {
    EXPECT_TRUE(is_storable_text(text)) << text;
  }
}

TEST(StorableText, RefusesNulAndIllFormedUtf8) {
  for (const std::string_view text :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xE0\x9F\xBF", "\xE2\x82", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "12345678\xC3", "abcdefg\xC3(",
        "\xE2(\xAC"}) {
    EXPECT_FALSE(is_storable_text(text));
  }
  for (std::size_t at = 0; at < 20; ++at) {
    std::string text(20, 'x');
    text[at] = '\0';
    EXPECT_FALSE(is_storable_text(text)) << at;
  }
}

TEST(VectorValidation, ChecksLengthAndNumbers) {
  const float huge = std::numeric_limits<float>::max();
  EXPECT_TRUE(validate_vector(std::vector<float>{1, 0}, 2));
  EXPECT_TRUE(validate_vector(std::vector<float>{huge, huge}, 2));
  EXPECT_FALSE(validate_vector(std::vector<float>{1, 0}, 3));
  EXPECT_FALSE(validate_vector(std::vector<float>{}, 1));
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_FALSE(validate_vector(std::vector<float>{infinity, -infinity}, 2));
  EXPECT_FALSE(validate_vector(std::vector<float>{0, std::nanf("")}, 2));
}

}  // namespace
}  // namespace fit::store
