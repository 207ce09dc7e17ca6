#include "media/test_images.h"

#include <gtest/gtest.h>

#include <cstring>

namespace fit::media {
namespace {

Bytes write_with_vips(VipsImage* image, const std::string& suffix) {
  std::string name = suffix;
  if (name.starts_with(".avif"))
    name = ".heif[compression=av1,Q=90," + name.substr(std::min<std::size_t>(6, name.size()));
  if (name.starts_with(".heic"))
    name = ".heif[compression=hevc,Q=90," + name.substr(std::min<std::size_t>(6, name.size()));
  if (name.ends_with(',')) name.back() = ']';
  void* buffer = nullptr;
  std::size_t size = 0;
  const int failed = vips_image_write_to_buffer(image, name.c_str(), &buffer, &size, nullptr);
  EXPECT_FALSE(failed) << name << ": " << take_vips_error();
  if (failed) return {};
  Bytes bytes(size);
  std::memcpy(bytes.data(), buffer, size);
  g_free(buffer);
  return bytes;
}

void append_32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
}

std::uint32_t crc_32(std::string_view data) {
  std::uint32_t crc = ~0u;
  for (unsigned char byte : data) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
  }
  return ~crc;
}

void append_chunk(std::string& png, std::string_view type, std::string_view data) {
  append_32(png, static_cast<std::uint32_t>(data.size()));
  const std::string body = std::string(type) + std::string(data);
  png += body;
  append_32(png, crc_32(body));
}

std::string zlib(const std::string& data) {
  GZlibCompressor* compressor = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9);
  std::string out(data.size() / 100 + 4096, '\0');
  gsize read = 0, written = 0;
  g_converter_convert(G_CONVERTER(compressor), data.data(), data.size(), out.data(), out.size(),
                      G_CONVERTER_INPUT_AT_END, &read, &written, nullptr);
  g_object_unref(compressor);
  out.resize(written);
  return out;
}

}  // namespace

Image pattern(int width, int height) {
  Image image{width, height, {}};
  image.rgb.reserve(static_cast<std::size_t>(width) * height * 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) {
        const int wave = (x * x * (c + 1) + y * y * 3 + x * y) >> 9 & 255;
        const bool block = (x / 23 + y / 17) % 5 == c;
        image.rgb.push_back(static_cast<std::uint8_t>(block ? 255 - wave : wave));
      }
    }
  }
  return image;
}

Image quarters(int width, int height) {
  constexpr std::uint8_t kColors[4][3] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}};
  Image image{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto& color = kColors[(y * 2 >= height) * 2 + (x * 2 >= width)];
      image.rgb.insert(image.rgb.end(), std::begin(color), std::end(color));
    }
  }
  return image;
}

Bytes save(const Image& image, const std::string& suffix, const Change& change) {
  VipsHandle pixels = wrap_pixels(image);
  VipsImage* copy = nullptr;
  if (vips_copy(pixels.get(), &copy, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr)) return {};
  VipsHandle to_save(copy);
  if (change) {
    VipsImage* changed = change(copy);
    if (changed != copy) to_save.reset(changed);
  }
  return write_with_vips(to_save.get(), suffix);
}

Bytes save_animation(const Image& image, int frames, const std::string& suffix) {
  Image strip{image.width, image.height * frames, {}};
  for (int i = 0; i < frames; ++i) {
    for (std::uint8_t value : image.rgb)
      strip.rgb.push_back(static_cast<std::uint8_t>(value * (frames - i) / frames));
  }
  return save(strip, suffix, [&](VipsImage* pages) {
    vips_image_set_int(pages, "page-height", image.height);
    return pages;
  });
}

namespace {

constexpr char kInterlaced = 1;

// A PNG of RGB pixels with `bytes` zero bytes of pixel data.
Bytes black_png(std::uint32_t width, std::uint32_t height, std::size_t bytes, char interlace) {
  std::string png = "\x89PNG\r\n\x1a\n";
  std::string header;
  append_32(header, width);
  append_32(header, height);
  header += {8, 2, 0, 0, interlace};
  append_chunk(png, "IHDR", header);
  append_chunk(png, "IDAT", zlib(std::string(bytes, '\0')));
  append_chunk(png, "IEND", "");
  const ByteView view = as_bytes(png);
  return {view.begin(), view.end()};
}

}  // namespace

Bytes black_png(std::uint32_t width, std::uint32_t height, std::uint32_t rows) {
  return black_png(width, height, (1 + 3 * static_cast<std::size_t>(width)) * rows, 0);
}

Bytes black_interlaced_png(std::uint32_t width, std::uint32_t height) {
  struct Pass {
    std::uint32_t left, top, right, down;  // the first pixel, and the distances to the next
  };
  std::size_t bytes = 0;
  for (const Pass& pass : {Pass{0, 0, 8, 8}, Pass{4, 0, 8, 8}, Pass{0, 4, 4, 8}, Pass{2, 0, 4, 4},
                           Pass{0, 2, 2, 4}, Pass{1, 0, 2, 2}, Pass{0, 1, 1, 2}}) {
    const std::size_t columns = (width - pass.left + pass.right - 1) / pass.right;
    const std::size_t rows = (height - pass.top + pass.down - 1) / pass.down;
    bytes += rows * (1 + 3 * columns);
  }
  return black_png(width, height, bytes, kInterlaced);
}

Difference difference(const Image& a, const Image& b) {
  EXPECT_EQ(a.width, b.width);
  EXPECT_EQ(a.height, b.height);
  if (a.rgb.size() != b.rgb.size() || a.rgb.empty()) return {255, 255};
  Difference result;
  for (std::size_t i = 0; i < a.rgb.size(); ++i) {
    const int levels = std::abs(a.rgb[i] - b.rgb[i]);
    result.largest = std::max(result.largest, levels);
    result.mean += levels;
  }
  result.mean /= static_cast<double>(a.rgb.size());
  return result;
}

std::array<int, 3> pixel(const Image& image, int x, int y) {
  const std::uint8_t* at = &image.rgb[(static_cast<std::size_t>(y) * image.width + x) * 3];
  return {at[0], at[1], at[2]};
}

}  // namespace fit::media
