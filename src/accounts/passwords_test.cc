#include "accounts/passwords.h"

#include <gtest/gtest.h>

namespace fit::accounts {
namespace {

constexpr PasswordHasher::Options kQuick{.memory_bytes = 8 << 20, .passes = 1};

TEST(Passwords, AreAcceptedByLengthAndRarityOnly) {
  for (const std::string password :
       {"correct horse", "xkcd9361", "пароль-длинный", "        ", "aaaaaaaaaaaaab"}) {
    EXPECT_TRUE(check_password("password", password, "ada@shop.example")) << password;
  }
  EXPECT_TRUE(check_password("password", std::string(1024, 'z'), ""));
  for (const std::string& password :
       {std::string(), std::string("short"), std::string("seven77"), std::string(1025, 'z'),
        std::string("password"), std::string("PassWord"), std::string("12345678"), std::string("iloveyou"),
        std::string("p@ssw0rd"), std::string("Ada@Shop.example"), std::string("valid\0text", 10),
        std::string("\xff\xff\xff\xff\xff\xff\xff\xff")}) {
    const auto checked = check_password("password", password, "ada@shop.example");
    ASSERT_FALSE(checked) << password;
    EXPECT_EQ(checked.error().field, "password");
  }
}

TEST(Passwords, AHashVerifiesItsPasswordOnly) {
  PasswordHasher hasher(kQuick);
  const std::string hash = hasher.hash("correct horse").value();
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=8192,t=1,p=1$")) << hash;
  EXPECT_NE(hash, hasher.hash("correct horse").value()) << "each hash has its salt";
  EXPECT_TRUE(hasher.verify("correct horse", hash).value());
  for (const std::string other : {"correct hors", "Correct horse", "", "correct horse "}) {
    EXPECT_FALSE(hasher.verify(other, hash).value()) << other;
  }
}

TEST(Passwords, NoHashIsVerifiedByAsMuchWork) {
  PasswordHasher hasher(kQuick);
  EXPECT_FALSE(hasher.verify("correct horse", "").value());
  EXPECT_EQ(hasher.computed(), 1U);
  EXPECT_FALSE(hasher.verify("", "").value());
  EXPECT_FALSE(hasher.verify("correct horse", "$argon2id$damaged").value());
  EXPECT_FALSE(hasher.verify("correct horse", std::string(5000, 'x')).value());
}

TEST(Passwords, OtherParametersMakeAHashOutdated) {
  PasswordHasher hasher(kQuick);
  const std::string hash = hasher.hash("correct horse").value();
  EXPECT_FALSE(hasher.is_outdated(hash));
  EXPECT_TRUE(PasswordHasher({.memory_bytes = 16 << 20, .passes = 1}).is_outdated(hash));
  EXPECT_TRUE(PasswordHasher({.memory_bytes = 8 << 20, .passes = 2}).is_outdated(hash));
  EXPECT_TRUE(PasswordHasher({.memory_bytes = 16 << 20, .passes = 1}).verify("correct horse", hash).value());
}

}  // namespace
}  // namespace fit::accounts
