#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "embed/relevance.h"
#include "media/image.h"

namespace fit::embed {

// An embedding: as many numbers as its space has dimensions, L2 norm 1, so that the dot product is the
// cosine.
using Vector = std::vector<float>;

// A vector space: one embedding model's output.
struct Space {
  std::string name;     // the key in the store and the API: "palette", "clip-vit-b32"
  std::string model;    // the model's own name
  std::string version;  // changes when vectors are no longer comparable: a checksum or release
  int dimensions = 0;
  bool has_text = false;  // embed_texts() answers in the same space
  Relevance relevance = {};
};

// What a model believes about one property of a garment.
struct PropertyPrediction {
  struct Value {
    std::string value;     // "navy"
    float confidence = 0;  // 0 to 1; those of a property's values are together at most 1
  };
  std::string property;       // a column of the ontology: "primary_color"
  std::vector<Value> values;  // the likeliest first; values that are hardly possible are left out
};
using PropertyPredictions = std::vector<PropertyPrediction>;

// That a garment's property has a value: {"primary_color", "navy"}.
struct Label {
  std::string property;
  std::string value;
};

// Turns images, and for some models words, into vectors of one space.
// Thread-safe: any thread may call, calls block. Every vector that leaves has the space's dimensions, L2 norm
// 1 (within 1e-4) and no NaN; a model that breaks this gives kInternal instead.
class Embedder {
 public:
  virtual ~Embedder() = default;

  virtual const Space& space() const = 0;

  // The short side in pixels from which images must be given; larger ones are reduced by the embedder.
  // Decode with media::decode(..., image_short_side()).
  virtual int image_short_side() const = 0;

  // The image as the model takes it in, such as 224 x 224: the part of the work that needs no model, so
  // that it can be done on the caller's thread before a batch is put together. Images so prepared may be
  // given to embed_images(), which then finds nothing left to do. The default hands the image back as it
  // is.
  virtual Result<media::Image> prepare(const media::Image& image) const { return image; }

  // One vector an image, in order, prepared or not. The batch fails as a whole.
  virtual Result<std::vector<Vector>> embed_images(std::span<const media::Image> images) = 0;

  // The vector of an image file: decoded as image_short_side() says, then embed_images(). The errors of
  // media::decode(), naming `field`, and of embed_images().
  virtual Result<Vector> embed_file(std::string_view field, ByteView file, const media::Limits& limits);

  // One vector a text, in order. kInvalid when the space has no text side.
  virtual Result<std::vector<Vector>> embed_texts(std::span<const std::string> texts) = 0;

  // What the model believes about the garments of images, from the vectors that it gave them, now or long
  // ago: one list a vector, in order, empty where the model predicts nothing (the default). Takes
  // microseconds a vector.
  virtual Result<std::vector<PropertyPredictions>> predict(std::span<const Vector> vectors) {
    return std::vector<PropertyPredictions>(vectors.size());
  }

  // How sure the model is of single claims, 0 to 1: one list a claim, a number a vector, or an empty list
  // where the model does not predict the property (the default for all). The same numbers as predict() gives,
  // except that hardly possible values have theirs too; cheaper for many vectors.
  virtual Result<std::vector<std::vector<float>>> score_labels(std::span<const Vector> vectors,
                                                               std::span<const Label> labels) {
    (void)vectors;
    return std::vector<std::vector<float>>(labels.size());
  }
};

// The dot product of two vectors of one space: their cosine, as both have norm 1.
double dot(std::span<const float> a, std::span<const float> b);

// Scales to L2 norm 1. kInternal naming the embedder when the vector has another size than `dimensions`,
// holds NaN or infinity, or is zero.
Result<void> normalize(Vector& vector, int dimensions, std::string_view embedder);

}  // namespace fit::embed
