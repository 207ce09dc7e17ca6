#pragma once

#include <string>
#include <string_view>

namespace fit::ingest {

// What a photo's file name, without its ending, says of the garment: "red_wool-coat" is "red wool coat",
// "Levi's 501 W32 L34" is itself. Empty for the names that cameras, apps and scripts give ("IMG_2041",
// "WhatsApp Image 2024-01-02 at 10.11.12", "3f2a91bc-0d1e", "Screenshot (3)"), and for numbers. Takes any
// bytes.
std::string file_title(std::string_view stem);

}  // namespace fit::ingest
