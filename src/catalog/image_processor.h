#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "domain/records.h"
#include "embed/content_classifier.h"
#include "media/image.h"

namespace fit::catalog {

// One image prepared for the embedder of each active space, in the order of the spaces.
using EmbedInputs = std::vector<media::Image>;

// The result of decoding an image file once.
struct ProcessedImage {
  domain::ImageFields fields;  // every field except the location
  Bytes thumbnail;             // JPEG
  EmbedInputs inputs;
  media::Image classified;  // prepared for the classifier of the content filter; empty without one
};

// The perceptual hash of an image file, of the image in the size of a thumbnail. The errors of
// media::decode(), naming `field`. Thread-safe, blocks.
Result<std::uint64_t> perceptual_hash(std::string_view field, ByteView file, const media::Limits& limits,
                                      int thumbnail_side);

// Turns image files into thumbnails, hashes and vectors. Thread-safe; calls block. Borrows the embedders.
class ImageProcessor {
 public:
  // Limits on images, and the size of thumbnails.
  struct Options {
    media::Limits limits;
    int thumbnail_side = 320;
    const embed::ContentClassifier* classifier = nullptr;  // of the content filter; null: none
  };
  ImageProcessor(std::vector<ActiveSpace> spaces, const Options& options, Metrics& metrics);

  // Computes the thumbnail, the perceptual hash and the inputs of the embedders. Decodes the file once for
  // each reduction that one of them needs, usually once. An embedder gets the same pixels as from
  // Embedder::embed_file(). The errors of media::decode(), naming `field`.
  Result<ProcessedImage> read(std::string_view field, ByteView file) const;

  // The longer side of thumbnails, in pixels.
  int thumbnail_side() const { return options_.thumbnail_side; }

  // The prepared input of one embedder, and the JPEG thumbnail, whose longer side is at most `scale` times
  // thumbnail_side(). Errors as for read().
  Result<media::Image> input(std::string_view field, ByteView file, const embed::Embedder& embedder) const;
  Result<Bytes> thumbnail(std::string_view field, ByteView file, int scale = 1) const;

  // The vectors of each image in all active spaces, in the order of the images. When a batch fails, its
  // images are embedded one by one, so that one bad image does not fail the others.
  using Vectors = std::vector<domain::SpaceVector>;
  std::vector<Result<Vectors>> embed(std::vector<EmbedInputs> images) const;
  // The vectors of the images in one space; a failed batch is embedded one by one.
  std::vector<Result<embed::Vector>> embed(embed::Embedder& embedder,
                                           std::span<const media::Image> images) const;

 private:
  Result<ProcessedImage> process(std::string_view field, ByteView file) const;

  const std::vector<ActiveSpace> spaces_;
  const Options options_;
  int embed_side_ = 0;  // the largest short side that an embedder needs
  Histogram& decode_seconds_;
  Histogram& embed_seconds_;
};

}  // namespace fit::catalog
