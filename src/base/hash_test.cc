#include "base/hash.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/temp_dir.h"

namespace fit {
namespace {

constexpr char kAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";  // FIPS 180-4

TEST(Hash, Sha1KnownAnswer) {
  EXPECT_EQ(sha1_hex(as_bytes("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST(Hash, Sha256KnownAnswers) {
  EXPECT_EQ(sha256_hex(as_bytes("abc")), kAbc);
  EXPECT_EQ(sha256_hex({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Sha256 pieces;
  pieces.update(as_bytes("a"));
  pieces.update(as_bytes("bc"));
  EXPECT_EQ(pieces.hex(), kAbc);
}

TEST(Hash, Sha256OfAFile) {
  const TempDir dir;
  ASSERT_TRUE(write_file_atomically(dir.path() / "x", as_bytes("abc")));
  EXPECT_EQ(sha256_file_hex(dir.path() / "x").value(), kAbc);
  EXPECT_EQ(sha256_file_hex(dir.path() / "y").error().code, ErrorCode::kNotFound);
}

TEST(Hash, Xxh3InPiecesEqualsTheWhole) {
  Xxh3 pieces;
  pieces.update(as_bytes("look"));
  pieces.update(as_bytes("alike"));
  EXPECT_EQ(pieces.digest(), xxh3(as_bytes("lookalike")));
  EXPECT_NE(xxh3(as_bytes("lookalike")), xxh3(as_bytes("lookalikf")));
  EXPECT_NE(xxh3(as_bytes("x"), 1), xxh3(as_bytes("x"), 2));
}

}  // namespace
}  // namespace fit
