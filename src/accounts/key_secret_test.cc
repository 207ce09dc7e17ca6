#include "accounts/key_secret.h"

#include <gtest/gtest.h>

#include <set>

namespace fit::accounts {
namespace {

TEST(KeySecret, HasAFormThatIsRecognised) {
  std::set<std::string> secrets;
  for (int i = 0; i < 200; ++i) {
    const std::string secret = make_key_secret();
    EXPECT_EQ(secret.size(), 53U);
    EXPECT_TRUE(secret.starts_with("fit_"));
    EXPECT_TRUE(is_key_secret(secret)) << secret;
    EXPECT_EQ(prefix_of(secret), secret.substr(0, 12));
    secrets.insert(secret);
  }
  EXPECT_EQ(secrets.size(), 200U);
}

TEST(KeySecret, EachWrongCharacterIsNoticed) {
  const std::string secret = make_key_secret();
  for (std::size_t i = 0; i < secret.size(); ++i) {
    std::string wrong = secret;
    wrong[i] = wrong[i] == 'x' ? 'y' : 'x';
    EXPECT_FALSE(is_key_secret(wrong)) << wrong;
  }
  std::string swapped = secret;
  std::swap(swapped[10], swapped[20]);
  EXPECT_TRUE(swapped == secret || !is_key_secret(swapped));
}

TEST(KeySecret, OtherTextsAreNone) {
  const std::string secret = make_key_secret();
  for (const std::string& text :
       {std::string(), std::string("fit_"), secret + "0", secret.substr(1), " " + secret,
        std::string(53, '-'), "fit_" + std::string(49, '\0'), std::string(100'000, 'a')}) {
    EXPECT_FALSE(is_key_secret(text));
  }
}

TEST(KeySecret, HashIsSha256) {
  EXPECT_EQ(hash_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace fit::accounts
