#pragma once

#include <memory>

#include "base/result.h"
#include "catalog/catalog.h"
#include "main/runtime.h"
#include "serving/searched_space.h"
#include "serving/searched_texts.h"
#include "serving/shared_search.h"
#include "serving/space_opener.h"
#include "serving/space_switch.h"
#include "serving/text_filler.h"
#include "serving/word_filler.h"
#include "store/catalogue.h"

namespace fit {

// One catalogue with its columns, spaces and fillers. The Runtime must outlive it. open(), start() and stop()
// are called by one thread, one after the other.
class Tenant {
 public:
  // What the tenant's users may do.
  struct Options {
    bool allow_local_paths = false;  // whether items may name image files of this machine
  };
  // Opens the store and the active space (serving/space_opener.h). The errors of both.
  static Result<std::unique_ptr<Tenant>> open(Runtime& runtime, const Options& options);
  ~Tenant() { stop(); }
  Tenant(const Tenant&) = delete;
  Tenant& operator=(const Tenant&) = delete;

  store::Catalogue& store() { return *store_; }
  serving::SearchedTexts* texts() { return texts_.get(); }  // null: no text space

  // For commands: the active space, until start().
  serving::SearchedSpace& space() { return *space_; }

  // For servers: makes the search ready, and starts the background tasks that update the index, the vectors
  // and the active space until stop(). Call it once.
  Result<void> start();
  // Stops the background tasks and waits for them. Call Runtime::request_stop() before it, which ends waits
  // for the text embedding provider.
  void stop();
  // Valid after start().
  const serving::SpaceSwitch& spaces() const { return *spaces_; }

 private:
  explicit Tenant(Runtime& runtime) : runtime_(runtime) {}

  Result<void> open_texts();
  void open_spaces(const Options& options);
  // Called after each write of the catalogue.
  void changed();

  Runtime& runtime_;
  const std::shared_ptr<catalog::WriteLocks> write_locks_ = std::make_shared<catalog::WriteLocks>();
  std::unique_ptr<store::Catalogue> store_;
  std::unique_ptr<serving::SearchedTexts> texts_;
  std::unique_ptr<serving::SharedSearch> shared_;
  std::unique_ptr<serving::SpaceOpener> opener_;
  std::unique_ptr<serving::SearchedSpace> space_;  // until start()
  std::unique_ptr<serving::SpaceSwitch> spaces_;   // from start() on
  std::unique_ptr<serving::TextFiller> text_filler_;
  std::unique_ptr<serving::WordFiller> word_filler_;
};

}  // namespace fit
