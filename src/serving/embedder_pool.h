#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "embed/embedder.h"

namespace fit::serving {

// Embedders shared by space: callers that need the same space share one embedder, which is released with its
// last user. Thread-safe. A model is loaded by one caller at a time; the others wait.
class EmbedderPool {
 public:
  // Both functions take "builtin", "palette" or the name of a model; empty means the configured embedder.
  struct Factory {
    std::function<Result<embed::Space>(const std::string& name)> space_of;  // does not load the model
    std::function<Result<std::unique_ptr<embed::Embedder>>(const std::string& name)> make;
  };
  explicit EmbedderPool(Factory factory) : factory_(std::move(factory)) {}
  // A pool with the embedders of another one, which must outlive it, and with a configured embedder of its
  // own.
  EmbedderPool(EmbedderPool& shared, std::string configured)
      : shared_(&shared), configured_(std::move(configured)) {}

  // The space that the named embedder makes, without loading its model. The errors of embed::space_of().
  Result<embed::Space> space_of(const std::string& name) const;

  // The named embedder, ready to use. The errors of embed::make_embedder().
  Result<std::shared_ptr<embed::Embedder>> open(const std::string& name);

 private:
  // The name of the embedder in the shared pool.
  const std::string& shared_name(const std::string& name) const { return name.empty() ? configured_ : name; }

  const Factory factory_;  // not used where there is a shared pool
  EmbedderPool* const shared_ = nullptr;
  const std::string configured_;  // in the shared pool
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<embed::Embedder>> embedders_;  // by name and version of their space
};

}  // namespace fit::serving
