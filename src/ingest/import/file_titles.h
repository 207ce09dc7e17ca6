#pragma once

#include <string>
#include <string_view>

namespace fit::ingest {

// Makes a title of a photo's file name without its extension: "red_wool-coat" becomes "red wool coat".
// Returns an empty title for names without a word: those of cameras, apps and scripts ("IMG_2041", "WhatsApp
// Image 2024-01-02 at 10.11.12", "3f2a91bc-0d1e", "Screenshot (3)"), and numbers. Accepts any bytes.
std::string file_title(std::string_view stem);

}  // namespace fit::ingest
