#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "embed/relevance.h"
#include "media/image.h"

namespace fit::embed {

// An embedding: one float per dimension of its space, with L2 norm 1, so that the dot product of two vectors
// is their cosine.
using Vector = std::vector<float>;

// A vector space: one embedding model's output.
struct Space {
  std::string name;     // identifies the space in the store and the API: "palette", "clip-vit-b32"
  std::string model;    // the model's own name
  std::string version;  // a checksum or release; changes when vectors are no longer comparable
  int dimensions = 0;
  bool has_text = false;  // embed_texts() returns vectors of this space
  Relevance relevance = {};
};

// A model's prediction of one property of a garment.
struct PropertyPrediction {
  // A predicted value.
  struct Value {
    std::string value;     // "navy"
    float confidence = 0;  // probability, 0 to 1; the values of a property sum to at most 1
  };
  std::string property;       // a property of the ontology: "primary_color"
  std::vector<Value> values;  // the most probable first; improbable values are omitted
};
// The predictions for one image.
using PropertyPredictions = std::vector<PropertyPrediction>;

// One value of a property: {"primary_color", "navy"}.
struct Label {
  std::string property;
  std::string value;
};

// Turns images, and for some models texts, into vectors of one space. Thread-safe; calls block. Every
// returned vector has the space's dimensions, L2 norm 1 (within 1e-4) and no NaN; a model that breaks this
// contract causes kInternal.
class Embedder {
 public:
  virtual ~Embedder() = default;

  virtual const Space& space() const = 0;

  // The least short side of images, in pixels; the embedder reduces larger ones. Decode with
  // media::decode(..., image_short_side()).
  virtual int image_short_side() const = 0;

  // Resizes the image to the model's input, such as 224 x 224. This part of the work needs no model, so it
  // can run on the caller's thread before a batch is formed. embed_images() accepts prepared images and does
  // not resize them again. The default returns the image unchanged.
  virtual Result<media::Image> prepare(const media::Image& image) const { return image; }

  // Returns one vector per image, in order; the images may be prepared or not. The batch fails as a whole.
  virtual Result<std::vector<Vector>> embed_images(std::span<const media::Image> images) = 0;

  // Decodes an image file with image_short_side() and returns its vector. The errors of media::decode(),
  // naming `field`, and of embed_images().
  virtual Result<Vector> embed_file(std::string_view field, ByteView file, const media::Limits& limits);

  // Returns one vector per text, in order. kInvalid when the space has no text side.
  virtual Result<std::vector<Vector>> embed_texts(std::span<const std::string> texts) = 0;

  // Whether another machine makes the vectors, so that a call takes time, may cost money and may fail for
  // reasons beyond this program. Checks of health then do not embed. The default is false.
  virtual bool is_remote() const { return false; }
  // Whether calls are made: false while the circuit breaker of a remote service is open. Does not block. The
  // default is true.
  virtual bool is_available() const { return true; }

  // Returns the number of tokens that the model reads of a text: those of its tokenizer, start and end
  // included, up to the model's context length. Where the model has no tokenizer, the number of words (the
  // default).
  virtual std::size_t count_tokens(std::string_view text) const;

  // Predicts the properties of garments from the vectors of their images, new or stored. Returns one list per
  // vector, in order; empty where the model predicts nothing (the default). Takes microseconds per vector.
  virtual Result<std::vector<PropertyPredictions>> predict(std::span<const Vector> vectors) {
    return std::vector<PropertyPredictions>(vectors.size());
  }

  // The probability of each label, 0 to 1: one list per label with one number per vector, or an empty list
  // where the model does not predict the property (the default). The numbers are the confidences of
  // predict(), including improbable values; score_labels() is cheaper for many vectors.
  virtual Result<std::vector<std::vector<float>>> score_labels(std::span<const Vector> vectors,
                                                               std::span<const Label> labels) {
    (void)vectors;
    return std::vector<std::vector<float>>(labels.size());
  }
};

// The dot product of two vectors of one space, which is their cosine because both have norm 1.
double dot(std::span<const float> a, std::span<const float> b);

// Scales the vector to L2 norm 1. kInternal, naming the embedder, when its size is not `dimensions`, when it
// contains NaN or infinity, or when it is zero.
Result<void> normalize(Vector& vector, int dimensions, std::string_view embedder);

// The vector of a small grey image: a short call that shows whether the model works. The errors of
// embed_images().
Result<Vector> embed_grey_image(Embedder& embedder);

}  // namespace fit::embed
