#include "media/decode_in_process.h"
#include "media/decoder_process.h"
#include "media/vips_pixels.h"

namespace fit::media {
namespace {

void drop_message(const gchar*, GLogLevelFlags, const gchar*, gpointer) {}

// Blocks all loaders but those of decode(), whatever the content of a file.
void block_other_loaders() {
  vips_block_untrusted_set(TRUE);
  vips_operation_block_set("VipsForeignLoad", TRUE);
  for (const char* loader : {"VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp",
                             "VipsForeignLoadHeif", "VipsForeignLoadNsgif"}) {
    vips_operation_block_set(loader, FALSE);
  }
}

}  // namespace

Result<void> start_vips_in_process() {
  if (VIPS_INIT("fit")) return internal("libvips could not be started", take_vips_error());
  // Problems of single files are returned as errors and not written to the terminal.
  g_log_set_handler("VIPS", static_cast<GLogLevelFlags>(G_LOG_LEVEL_MASK & ~G_LOG_LEVEL_ERROR), drop_message,
                    nullptr);
  vips_concurrency_set(1);
  vips_cache_set_max(0);
  vips_cache_set_max_mem(0);
  vips_cache_set_max_files(0);
  block_other_loaders();
  return {};
}

Result<void> start_vips() {
  FIT_CHECK(start_decoder_process());  // first, so that the fork does not inherit libvips's state
  return start_vips_in_process();
}

}  // namespace fit::media
