#include "embed/embedder.h"

#include <cmath>

#include "base/format.h"

namespace fit::embed {

Result<Vector> Embedder::embed_file(std::string_view field, ByteView file, const media::Limits& limits) {
  FIT_TRY(const media::Image image, media::decode(field, file, image_short_side(), limits));
  FIT_TRY(auto vectors, embed_images(std::span(&image, 1)));
  if (vectors.size() != 1)
    return internal("the embedding model failed", fit::format("{} vectors for one image", vectors.size()));
  return std::move(vectors.front());
}

double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

std::size_t Embedder::count_tokens(std::string_view text) const {
  constexpr std::string_view kBlanks = " \t\r\n\f\v";
  std::size_t words = 0;
  for (auto start = text.find_first_not_of(kBlanks); start != std::string_view::npos; ++words) {
    start = text.find_first_not_of(kBlanks, text.find_first_of(kBlanks, start));
  }
  return words;
}

Result<void> normalize(Vector& vector, int dimensions, std::string_view embedder) {
  const auto fail = [&](std::string detail) {
    return internal(fit::format("the embedder '{}' returned an unusable vector", embedder),
                    std::move(detail));
  };
  if (vector.size() != static_cast<std::size_t>(dimensions)) {
    return fail(fit::format("{} numbers instead of {}", vector.size(), dimensions));
  }
  double sum = 0;
  for (const float value : vector) sum += static_cast<double>(value) * static_cast<double>(value);
  if (!std::isfinite(sum)) return fail("NaN or infinity");
  if (sum < 1e-24) return fail("all zero");
  const double scale = 1.0 / std::sqrt(sum);
  for (float& value : vector) value = static_cast<float>(static_cast<double>(value) * scale);
  return {};
}

Result<Vector> embed_grey_image(Embedder& embedder) {
  const media::Image grey{.width = 32, .height = 32, .rgb = std::vector<std::uint8_t>(32 * 32 * 3, 128)};
  FIT_TRY(auto vectors, embedder.embed_images(std::span(&grey, 1)));
  return std::move(vectors.front());
}

}  // namespace fit::embed
