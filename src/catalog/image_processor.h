#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "domain/records.h"
#include "media/image.h"

namespace fit::catalog {

// An image as the embedders of the active spaces take it, in the order of the spaces.
using EmbedInputs = std::vector<media::Image>;

// The result of decoding an image file once.
struct ProcessedImage {
  domain::ImageFields fields;  // all but the location
  Bytes thumbnail;             // JPEG
  EmbedInputs inputs;
};

// Turns image files into thumbnails, hashes and vectors. Thread-safe, blocks; does not own the embedders.
class ImageProcessor {
 public:
  struct Options {
    media::Limits limits;
    int thumbnail_side = 320;
  };
  ImageProcessor(std::vector<ActiveSpace> spaces, const Options& options, Metrics& metrics);

  // Decodes once, at the size that the thumbnail and the embedders need, and takes thumbnail and perceptual
  // hash from those pixels. Errors as for media::decode; all name `field`.
  Result<ProcessedImage> read(std::string_view field, ByteView file) const;

  // The input of one embedder; the JPEG thumbnail. Errors as for read().
  Result<media::Image> input(std::string_view field, ByteView file, const embed::Embedder& embedder) const;
  Result<Bytes> thumbnail(std::string_view field, ByteView file) const;

  // An image's vectors in all active spaces, for each image in order. When a batch fails, its images are
  // tried one by one, so that one bad image does not take others with it.
  using Vectors = std::vector<domain::SpaceVector>;
  std::vector<Result<Vectors>> embed(std::vector<EmbedInputs> images) const;
  // The images' vectors in one space, as above.
  std::vector<Result<embed::Vector>> embed(embed::Embedder& embedder,
                                           std::span<const media::Image> images) const;

 private:
  Result<ProcessedImage> process(std::string_view field, ByteView file) const;
  Result<media::Image> decode(std::string_view field, ByteView file, int short_side) const;

  const std::vector<ActiveSpace> spaces_;
  const Options options_;
  int embed_side_ = 0;  // the largest short side that an embedder wants
  Histogram& decode_seconds_;
  Histogram& embed_seconds_;
};

}  // namespace fit::catalog
