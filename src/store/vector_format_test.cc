// The bytes that each engine holds a vector as.
#include "store/tables/vector_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "store/engine.h"
#include "store/pgvector/halfvec.h"
#include "store/test_support.h"

namespace fit::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::make_vector;
using namespace std::string_literals;

const VectorFormat& floats() {
  return *sqlite_engine().image_space(1).format;
}

std::string encoded(const VectorFormat& format, const std::vector<float>& values) {
  std::string buffer;
  return std::string(as_text(format.encode(values, buffer).value()));
}

TEST(VectorFormat, HalfvecIsAsPgvectorSendsIt) {
  EXPECT_EQ(encoded(halfvec_format(), {1, -0.5F, 65504}), "\0\3\0\0\x3c\0\xb8\0\x7b\xff"s);
  EXPECT_THAT(halfvec_format().decode(as_bytes("\0\2\0\0\x3c\0\xb8\0"s)), ElementsAre(1, -0.5F));
  EXPECT_EQ(encoded(halfvec_format(), {}), "\0\0\0\0"s);
}

TEST(VectorFormat, HalfvecReadsVectorsOf32BitsToo) {
  EXPECT_THAT(halfvec_format().decode(as_bytes("\0\2\0\0\x3f\x80\0\0\xbf\0\0\0"s)), ElementsAre(1, -0.5F));
}

TEST(VectorFormat, HalfvecRefusesNumbersBeyondItsRange) {
  for (const float number :
       {65536.0F, -1e9F, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    std::string buffer;
    const auto refused = halfvec_format().encode(std::vector<float>{0, number}, buffer);
    ASSERT_FALSE(refused) << number;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(refused.error().field, "vector");
  }
}

TEST(VectorFormat, OtherBytesAreNoHalfvec) {
  const std::string good = encoded(halfvec_format(), {1, 2, 3});
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_THAT(halfvec_format().decode(as_bytes(good.substr(0, size))), IsEmpty()) << size;
  }
  EXPECT_THAT(halfvec_format().decode(as_bytes(good + "x")), IsEmpty());
}

TEST(VectorFormat, EachEngineReadsWhatItWrote) {
  const std::vector<float> vector = make_vector(512, 1);
  EXPECT_EQ(floats().decode(as_bytes(encoded(floats(), vector))), vector);
  const std::vector<float> halves = halfvec_format().decode(as_bytes(encoded(halfvec_format(), vector)));
  ASSERT_EQ(halves.size(), vector.size());
  for (std::size_t i = 0; i < vector.size(); ++i) EXPECT_NEAR(halves[i], vector[i], 1e-4);
}

TEST(VectorFormat, SqliteBindsAVectorWithoutACopy) {
  const std::vector<float> vector = make_vector(512, 1);
  std::string buffer;
  EXPECT_EQ(floats().encode(vector, buffer)->data(), std::as_bytes(std::span(vector)).data());
}

TEST(VectorFormat, EncodedVectorsStayWhileOthersAreAdded) {
  EncodedVectors encoded_vectors;
  std::vector<ByteView> views;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    views.push_back(encoded_vectors.add(halfvec_format(), make_vector(4, seed)).value());
  }
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    EXPECT_EQ(as_text(views[seed]), encoded(halfvec_format(), make_vector(4, seed)));
  }
}

}  // namespace
}  // namespace fit::store
