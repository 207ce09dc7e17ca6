#include "base/age_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "base/base64.h"

namespace fit {
namespace {

using ::testing::HasSubstr;

// Keys of age-keygen 1.1.1, and files of age 1.1.1 that are encrypted to the first, or to both.
constexpr std::string_view kFirst =
    "AGE-SECRET-KEY-1EXMFN7RDVR7VKTJJLG0XY2VKUKZA4FXK670PKVQ8Q4U8N0JPXN3SQK7L6C";
constexpr std::string_view kFirstRecipient = "age1vflsc2t34lvmeqqxxzvg67xs4dfukpd02qu3lt0ep04ujpj4jejsh54q0w";
constexpr std::string_view kSecond =
    "AGE-SECRET-KEY-1F6C8RG3C40KV3Z636XNNMJK7D2NMUW0LRFESVYNNLL5HC0H0WKVQ8ZRGT5";
constexpr std::string_view kSecondRecipient =
    "age1awfh9j70umvmss7lk3g4u0edncwkx6kehaqz7c65g9wv4v7hhakqcyvtky";
constexpr std::string_view kSentence =  // "A coat is a coat."
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBsQzVHN1lGaVdIYTdma2RBclRBMkJES1NybTRLOWovdUUzQUdUYzBoeEVV"
    "ClZERTdUQWQza0hON3ZTUDZZR2wweDJoaHdtNEpKTGZ0enl3SW5pZEZBV2sKLS0tIDZEUmREUFY0WS9ENVpQR3FPbWFZYm1VS3Er"
    "UFl2dGc1dW1pVU4wUkh4UUEKS1zGcGRa8xwBJvN3Bbn7W0AF05xj64iMNjsS0/P8buDWVBbSLCgTQRLH3N+GP5rwKw==";
constexpr std::string_view kNothing =
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBxUTZCNTV1NU8vTldnSzZ4MUpXTmFSalRpMlJQQ2hMWDkxTEdHQzd5ZlZF"
    "CnBIWjJpQzA5NWQ3Y2FtdEk5dEZnN00zaUM0SjRGOFBrcDRhSWJVZEsyQUUKLS0tIHdweGNuQ0JqMmNjcmorVzFmUlNlSTQxenl1"
    "eTZFSGVYT3pFVjk5aU5SOXcK15Xp3ID4ONEpPDrQWV1/UPtswgwN1nQdE3Oe7Djtp0A=";
constexpr std::string_view kForBoth =  // "Two keys."
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBRaE03ckFhUnRSam9ST1daK1djd3dqcmVNZnc4QWZ6SmFhTXR2dkdVbGpN"
    "ClBTV1RtMGw0QXZXMlgwVzJSYTVidFpKM1pDMC9JZkVBSjBmZGhuV3Y3Z00KLT4gWDI1NTE5IDdIMjhiSDNlbUJUcEt5WnB4WFBT"
    "aUVpZEVZNGNsU0NCa3ZGdXBKdFk0aDQKV2ZHYnkvek9oSUZRdVRzalpQeTQ2VnBxUVZqOEFUOHVISHgvTmJnMC83QQotLS0gQ0FC"
    "YTNrblNJZVJsZklwSm4zL3lnWmFGN0NSL05GZmsxUThKVld6ZnI0Zwqn+thStAv/o642PG6ot5AHqmvnRcEKdQaQOBw3iz+LAW7Z"
    "FDVeKkyUAQ==";

AgeIdentity identity(std::string_view text) {
  return AgeIdentity::parse("key", text).value();
}

Bytes file_of(std::string_view base64) {
  return decode_base64("file", base64, 1 << 20).value();
}

// Decrypts a file that is given in pieces of this size.
Result<Bytes> decrypted(ByteView file, std::string_view key, std::size_t piece_bytes = 1 << 20) {
  AgeDecryptor decryptor({identity(key)});
  Bytes content;
  for (std::size_t at = 0; at < file.size(); at += piece_bytes) {
    FIT_CHECK(decryptor.update(file.subspan(at, std::min(piece_bytes, file.size() - at)), content));
  }
  FIT_CHECK(decryptor.finish(content));
  return content;
}

std::string text_in(std::string_view base64, std::string_view key) {
  const auto content = decrypted(file_of(base64), key);
  return content ? std::string(as_text(*content)) : content.error().describe();
}

Bytes encrypted(ByteView content, const std::vector<AgeRecipient>& recipients, std::size_t piece_bytes) {
  AgeEncryptor encryptor(recipients);
  Bytes file;
  for (std::size_t at = 0; at < content.size(); at += piece_bytes) {
    encryptor.update(content.subspan(at, std::min(piece_bytes, content.size() - at)), file);
  }
  encryptor.finish(file);
  EXPECT_EQ(file.size(), encryptor.encrypted_bytes(content.size()));
  return file;
}

Bytes random_bytes(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Bytes bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

TEST(AgeKeys, AreTheTextsOfAgeKeygen) {
  EXPECT_EQ(identity(kFirst).recipient().text(), kFirstRecipient);
  EXPECT_EQ(identity(kSecond).recipient().text(), kSecondRecipient);
  EXPECT_EQ(identity(kFirst).text(), kFirst);
  EXPECT_EQ(AgeRecipient::parse("key", kFirstRecipient)->text(), kFirstRecipient);
  const AgeIdentity made = AgeIdentity::make();
  EXPECT_EQ(identity(made.text()).recipient().text(), made.recipient().text());
  EXPECT_NE(made.text(), AgeIdentity::make().text());
}

TEST(AgeKeys, OtherTextsAreRefused) {
  std::string mistyped(kFirstRecipient);
  mistyped[20] = mistyped[20] == 'q' ? 'p' : 'q';
  std::string mixed(kFirstRecipient);
  mixed[0] = 'A';
  for (const std::string& text : {std::string(), std::string("age1"), std::string("age"), mistyped, mixed,
                                  std::string(kFirstRecipient.substr(1)), std::string(kFirst),
                                  std::string(kFirstRecipient) + "q", std::string("ssh-ed25519 AAAA")}) {
    const auto refused = AgeRecipient::parse("--encrypt", text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().field, "--encrypt");
  }
  const auto refused = AgeIdentity::parse("--identity", kFirstRecipient);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, ::testing::Not(HasSubstr(std::string(kFirstRecipient))));
}

TEST(AgeKeys, AFileOfKeysAndAListOfRecipientsAreRead) {
  const std::string file = "# created: 2026-12-01\n# public key: age1…\r\n\n" + std::string(kFirst) + "\r\n" +
                           std::string(kSecond);
  EXPECT_EQ(parse_age_identities("--identity", file)->size(), 2u);
  EXPECT_FALSE(parse_age_identities("--identity", "# nothing\n"));
  EXPECT_FALSE(parse_age_identities("--identity", "secret"));
  const std::string list = "age:" + std::string(kFirstRecipient) + ", " + std::string(kSecondRecipient);
  EXPECT_EQ(parse_age_recipients("--encrypt", list)->size(), 2u);
  for (const char* text : {"", "age:", "age:,", "gpg:0x1"})
    EXPECT_FALSE(parse_age_recipients("--encrypt", text));
}

TEST(AgeFile, FilesOfAgeAreRead) {
  EXPECT_EQ(text_in(kSentence, kFirst), "A coat is a coat.");
  EXPECT_EQ(text_in(kNothing, kFirst), "");
  EXPECT_EQ(text_in(kForBoth, kFirst), "Two keys.");
  EXPECT_EQ(text_in(kForBoth, kSecond), "Two keys.");
  const auto refused = decrypted(file_of(kSentence), kSecond);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);
}

TEST(AgeFile, ContentOfEverySizeComesBack) {
  constexpr std::size_t kChunk = 64 << 10;
  const std::vector<AgeRecipient> recipients = {identity(kFirst).recipient(), identity(kSecond).recipient()};
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, kChunk - 1, kChunk, kChunk + 1, 2 * kChunk, 3 * kChunk + 17}) {
    const Bytes content = random_bytes(size, size);
    for (const std::size_t piece : {std::size_t{1000}, kChunk, std::size_t{1} << 20}) {
      const Bytes file = encrypted(content, recipients, piece);
      EXPECT_EQ(decrypted(file, kFirst, piece).value(), content) << size;
      EXPECT_EQ(decrypted(file, kSecond, 777).value(), content) << size;
    }
  }
}

TEST(AgeFile, TwoFilesOfOneContentHaveNothingInCommon) {
  const std::vector<AgeRecipient> recipients = {identity(kFirst).recipient()};
  const Bytes content(100);
  const Bytes first = encrypted(content, recipients, 100);
  const Bytes second = encrypted(content, recipients, 100);
  EXPECT_FALSE(std::equal(first.end() - 100, first.end(), second.end() - 100));
}

TEST(AgeFile, EveryChangedByteIsNoticed) {
  const Bytes file = file_of(kSentence);
  for (std::size_t i = 0; i < file.size(); ++i) {
    for (const unsigned bit : {0U, 5U, 7U}) {
      Bytes changed = file;
      changed[i] ^= static_cast<std::byte>(1U << bit);
      EXPECT_FALSE(decrypted(changed, kFirst)) << i;
    }
  }
}

TEST(AgeFile, EveryCutAndEveryAdditionIsNoticed) {
  const Bytes file = file_of(kForBoth);
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(decrypted(ByteView(file).first(size), kSecond)) << size;
  }
  Bytes longer = file;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(decrypted(longer, kSecond));
}

TEST(AgeFile, ChunksCannotBeRemovedOrReordered) {
  constexpr std::size_t kSealed = (64 << 10) + 16;
  const Bytes content = random_bytes(3 * (64 << 10), 1);
  const Bytes file = encrypted(content, {identity(kFirst).recipient()}, 1 << 20);
  const std::size_t begin = file.size() - 3 * kSealed;
  EXPECT_FALSE(decrypted(ByteView(file).first(begin + 2 * kSealed), kFirst)) << "the last chunk is missing";
  Bytes swapped = file;
  std::swap_ranges(swapped.begin() + static_cast<std::ptrdiff_t>(begin),
                   swapped.begin() + static_cast<std::ptrdiff_t>(begin + kSealed),
                   swapped.begin() + static_cast<std::ptrdiff_t>(begin + kSealed));
  EXPECT_FALSE(decrypted(swapped, kFirst));
}

TEST(AgeFile, OtherFilesAreRefused) {
  EXPECT_THAT(decrypted(as_bytes("{\"format\": 1}"), kFirst).error().message,
              HasSubstr("not encrypted with age"));
  EXPECT_FALSE(decrypted(as_bytes("age-encryption.org/v2\n-> X25519 a\n\n--- \n"), kFirst));
  const std::string endless = "age-encryption.org/v1\n" + std::string(200'000, 'x');
  EXPECT_THAT(decrypted(as_bytes(endless), kFirst, 1000).error().message, HasSubstr("more than 64 KiB"));
  std::mt19937_64 random(7);
  for (int i = 0; i < 2000; ++i) {
    const Bytes noise = random_bytes(random() % 300, random());
    EXPECT_FALSE(decrypted(noise, kFirst));
    Bytes header(as_bytes("age-encryption.org/v1\n-> ").begin(),
                 as_bytes("age-encryption.org/v1\n-> ").end());
    header.insert(header.end(), noise.begin(), noise.end());
    const Bytes end(as_bytes("\n--- ").begin(), as_bytes("\n--- ").end());
    header.insert(header.end(), end.begin(), end.end());
    header.insert(header.end(), noise.begin(), noise.end());
    EXPECT_FALSE(decrypted(header, kFirst));
  }
}

}  // namespace
}  // namespace fit
