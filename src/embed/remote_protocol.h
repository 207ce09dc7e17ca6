#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "embed/embedder.h"

namespace fit::embed {

// How one provider wants to be asked for vectors of images and texts, and how it answers. Immutable and
// thread-safe; does not block.
class RemoteProtocol {
 public:
  // What is the same in each request.
  struct Settings {
    std::string base_url = {};  // without a slash at the end
    std::string key = {};       // empty: none is sent
    std::string model = {};     // for marqo the name of the index
    int dimensions = 0;         // those to ask for; 0: do not ask
  };
  // A request, which is sent with POST.
  struct Request {
    std::string url;
    std::string body;  // JSON
    std::vector<std::string> headers;
  };
  // The providers, by the names of EMBEDDING_PROVIDER, with what they are asked for unless settings say
  // otherwise.
  struct Provider {
    std::string_view name;
    std::string_view base_url;   // empty: it must be given
    std::string_view model;      // empty: it must be given
    int dimensions = 0;          // of the model
    std::size_t max_inputs = 0;  // in one request
  };
  static std::span<const Provider> providers();
  // Null for another name.
  static const Provider* find_provider(std::string_view name);
  // `provider` must be one of providers().
  static std::unique_ptr<RemoteProtocol> make(const Provider& provider, Settings settings);

  virtual ~RemoteProtocol() = default;

  // Asks for the vectors of JPEG files.
  virtual Request images(std::span<const Bytes> jpegs) const = 0;
  // Asks for the vectors of texts that are searched for.
  virtual Request texts(std::span<const std::string> texts) const = 0;
  // Reads the body of an answer to `count` inputs: one list of numbers for each, in order. kBadGateway for
  // anything else.
  virtual Result<std::vector<Vector>> read(std::string_view body, std::size_t count) const = 0;

 protected:
  RemoteProtocol() = default;
};

// Makes a vector of a space with `dimensions` of what a provider returned: numbers behind them are cut off,
// missing ones are zeros, and the rest is scaled to L2 norm 1. Cutting suits models that are trained for it
// (Kusupati et al., "Matryoshka Representation Learning", 2022); zeros do not change cosines. kBadGateway for
// a vector without a direction.
Result<Vector> fitted_vector(Vector vector, int dimensions);

}  // namespace fit::embed
