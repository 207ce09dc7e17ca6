#include "serving/embedder_pool.h"

namespace fit::serving {

Result<std::shared_ptr<embed::Embedder>> EmbedderPool::open(const std::string& name) {
  FIT_TRY(const embed::Space space, space_of(name));
  const std::lock_guard lock(mutex_);
  std::erase_if(embedders_, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<embed::Embedder>& shared = embedders_[space.name + "\n" + space.version];
  if (auto embedder = shared.lock()) return embedder;
  FIT_TRY(std::shared_ptr<embed::Embedder> embedder, factory_.make(name));
  shared = embedder;
  return embedder;
}

}  // namespace fit::serving
