#include "serving/embedder_pool.h"

namespace fit::serving {

Result<embed::Space> EmbedderPool::space_of(const std::string& name) const {
  return shared_ == nullptr ? factory_.space_of(name) : shared_->space_of(shared_name(name));
}

Result<std::shared_ptr<embed::Embedder>> EmbedderPool::open(const std::string& name) {
  if (shared_ != nullptr) return shared_->open(shared_name(name));
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
