#include "media/decode_here.h"
#include "media/decoder_process.h"
#include "media/vips_pixels.h"

namespace fit::media {
namespace {

void drop_message(const gchar*, GLogLevelFlags, const gchar*, gpointer) {}

// Only what decode() and the encoders use: no other loader may run, whatever the content.
void block_other_loaders() {
  vips_block_untrusted_set(TRUE);
  vips_operation_block_set("VipsForeignLoad", TRUE);
  for (const char* loader : {"VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp",
                             "VipsForeignLoadHeif", "VipsForeignLoadNsgif"}) {
    vips_operation_block_set(loader, FALSE);
  }
}

}  // namespace

Result<void> start_vips_here() {
  if (VIPS_INIT("fit")) return internal("the image library could not be started", take_vips_error());
  // Complaints about single files come back as errors; none of them belongs on the terminal.
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
  FIT_CHECK(start_decoder_process());  // before libvips, which this process then shares nothing of
  return start_vips_here();
}

}  // namespace fit::media
