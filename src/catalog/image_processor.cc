#include "catalog/image_processor.h"

#include <algorithm>
#include <cmath>

#include "base/hash.h"
#include "base/stopwatch.h"

namespace fit::catalog {
namespace {

// The JPEG quality of pixels that are shown at half the size or less, which hides more.
constexpr int kQualityOfSmallPixels = 68;

// The short side of a thumbnail whose longer side is `max_side`.
int thumbnail_short_side(const media::ImageInfo& info, int max_side) {
  const std::int64_t longer = std::max({info.width, info.height, 1});
  const std::int64_t shorter = std::max(1, std::min(info.width, info.height));
  return static_cast<int>(std::clamp<std::int64_t>((max_side * shorter + longer - 1) / longer, 1, max_side));
}

// Reduces the image to the size of a thumbnail. A smaller image stays as it is.
Result<media::Image> shrink_to(const media::Image& image, int max_side) {
  const int longer = std::max(image.width, image.height);
  if (longer <= max_side) return image;
  const auto scaled = [&](int side) {
    return std::max(1, static_cast<int>(std::lround(static_cast<double>(side) * max_side / longer)));
  };
  return media::resize(image, scaled(image.width), scaled(image.height));
}

// Decodes one file at the reductions that callers need. Keeps the last result.
class Decodes {
 public:
  Decodes(std::string_view field, ByteView file, const media::ImageInfo& info, const media::Limits& limits)
      : field_(field), file_(file), info_(info), limits_(limits) {}

  // The pixels that media::decode() returns for this short side. Valid until the next call.
  Result<const media::Image*> at(int short_side) {
    const int reduction = media::reduction(info_, short_side);
    if (reduction != reduction_) {
      image_ = {};
      FIT_TRY(image_, media::decode(field_, file_, short_side, limits_));
      reduction_ = reduction;
    }
    return &image_;
  }

 private:
  std::string_view field_;
  ByteView file_;
  const media::ImageInfo& info_;
  const media::Limits& limits_;
  media::Image image_;
  int reduction_ = 0;  // the reduction of image_; 0: nothing is decoded yet
};

}  // namespace

Result<std::uint64_t> perceptual_hash(std::string_view field, ByteView file, const media::Limits& limits,
                                      int thumbnail_side) {
  FIT_TRY(const media::ImageInfo info, media::probe(field, file, limits));
  FIT_TRY(const media::Image image,
          media::decode(field, file, thumbnail_short_side(info, thumbnail_side), limits));
  FIT_TRY(const media::Image small, shrink_to(image, thumbnail_side));
  return media::perceptual_hash(small);
}

ImageProcessor::ImageProcessor(std::vector<ActiveSpace> spaces, const Options& options, Metrics& metrics)
    : spaces_(std::move(spaces)),
      options_(options),
      decode_seconds_(metrics.latency("fit_picture_decode_seconds",
                                      "Time to decode an image and to make its thumbnail and hash")),
      embed_seconds_(
          metrics.latency("fit_picture_embed_seconds", "Time to embed a batch of images in one space")) {
  for (const ActiveSpace& space : spaces_)
    embed_side_ = std::max(embed_side_, space.embedder->image_short_side());
  if (options_.classifier != nullptr)
    embed_side_ = std::max(embed_side_, options_.classifier->image_short_side());
}

Result<ProcessedImage> ImageProcessor::read(std::string_view field, ByteView file) const {
  auto processed = process(field, file);
  if (!processed && processed.error().field.empty()) processed.error().field = field;
  return processed;
}

Result<ProcessedImage> ImageProcessor::process(std::string_view field, ByteView file) const {
  const Stopwatch watch;
  FIT_TRY(const media::ImageInfo info, media::probe(field, file, options_.limits));
  Decodes decodes(field, file, info, options_.limits);
  const int short_side = std::max(embed_side_, thumbnail_short_side(info, options_.thumbnail_side));
  FIT_TRY(const media::Image* const image, decodes.at(short_side));
  FIT_TRY(const media::Image small, shrink_to(*image, options_.thumbnail_side));
  ProcessedImage processed;
  FIT_TRY(processed.thumbnail, media::encode_jpeg(small, options_.thumbnail_side));
  processed.fields.sha256 = sha256_hex(file);
  processed.fields.format = media::to_string(info.format);
  processed.fields.width = info.width;
  processed.fields.height = info.height;
  processed.fields.perceptual_hash = media::perceptual_hash(small);
  for (const ActiveSpace& space : spaces_) {
    // Decode as a query does, so that the same photo has a similarity of 1.
    FIT_TRY(const media::Image* const pixels, decodes.at(space.embedder->image_short_side()));
    FIT_TRY(media::Image input, space.embedder->prepare(*pixels));
    processed.inputs.push_back(std::move(input));
  }
  if (options_.classifier != nullptr) {
    FIT_TRY(const media::Image* const pixels, decodes.at(options_.classifier->image_short_side()));
    FIT_TRY(processed.classified, options_.classifier->prepare(*pixels));
  }
  decode_seconds_.observe(watch.seconds());
  return processed;
}

Result<media::Image> ImageProcessor::input(std::string_view field, ByteView file,
                                           const embed::Embedder& embedder) const {
  FIT_TRY(const media::Image image, media::decode(field, file, embedder.image_short_side(), options_.limits));
  return embedder.prepare(image);
}

Result<Bytes> ImageProcessor::thumbnail(std::string_view field, ByteView file, int scale) const {
  FIT_TRY(const media::ImageInfo info, media::probe(field, file, options_.limits));
  const int side = scale * options_.thumbnail_side;
  FIT_TRY(const media::Image image,
          media::decode(field, file, thumbnail_short_side(info, side), options_.limits));
  return scale > 1 ? media::encode_jpeg(image, side, kQualityOfSmallPixels) : media::encode_jpeg(image, side);
}

std::vector<Result<embed::Vector>> ImageProcessor::embed(embed::Embedder& embedder,
                                                         std::span<const media::Image> images) const {
  const Stopwatch watch;
  std::vector<Result<embed::Vector>> results;
  results.reserve(images.size());
  auto batch = embedder.embed_images(images);
  embed_seconds_.observe(watch.seconds());
  if (batch && batch->size() == images.size()) {
    for (embed::Vector& vector : *batch) results.emplace_back(std::move(vector));
    return results;
  }
  if (images.size() == 1) {
    results.emplace_back(
        batch ? internal("the image could not be embedded", "the model returned another number of vectors")
              : std::move(batch).error());
    return results;
  }
  for (const media::Image& image : images) {
    results.push_back(std::move(embed(embedder, std::span(&image, 1)).front()));
  }
  return results;
}

std::vector<Result<ImageProcessor::Vectors>> ImageProcessor::embed(std::vector<EmbedInputs> images) const {
  std::vector<Result<Vectors>> results(images.size());
  if (images.empty()) return results;
  for (std::size_t s = 0; s < spaces_.size(); ++s) {
    std::vector<media::Image> batch;
    batch.reserve(images.size());
    for (EmbedInputs& inputs : images) batch.push_back(std::move(inputs[s]));
    auto vectors = embed(*spaces_[s].embedder, batch);
    for (std::size_t i = 0; i < images.size(); ++i) {
      if (!results[i]) continue;
      if (vectors[i]) {
        results[i]->push_back({spaces_[s].space_id, *std::move(vectors[i])});
      } else {
        results[i] = std::move(vectors[i]).error();
      }
    }
  }
  return results;
}

}  // namespace fit::catalog
