#include "media/test_videos.h"

#include <stdexcept>

#include "base/subprocess.h"

namespace fit::media {
namespace {

std::size_t box_size(const std::string& file, std::size_t at) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(file.at(at + i));
  return size;
}

void set_box_size(std::string& file, std::size_t at, std::size_t size) {
  for (std::size_t i = 0; i < 4; ++i) file.at(at + i) = static_cast<char>(size >> (24 - 8 * i));
}

}  // namespace

void make_video(const std::vector<std::string>& arguments, const std::filesystem::path& file) {
  std::vector<std::string> command = {"ffmpeg", "-nostdin", "-loglevel", "error", "-y"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  command.insert(command.end(), {"-fflags", "+bitexact", "-flags", "+bitexact", file.string()});
  const auto done = run_program(command, {}, {});
  if (!done) throw std::runtime_error(done.error().describe());
  if (done->status != 0) throw std::runtime_error(done->errors);
}

Bytes with_copied_tracks(const Bytes& mp4, int count) {
  std::string file(as_text(mp4));
  const std::size_t moov = file.rfind("moov") - 4;
  const std::size_t track = file.find("trak", moov) - 4;
  const std::string copy = file.substr(track, box_size(file, track));
  std::string copies;
  for (int i = 0; i < count; ++i) copies += copy;
  set_box_size(file, moov, box_size(file, moov) + copies.size());
  file.insert(track, copies);
  return {as_bytes(file).begin(), as_bytes(file).end()};
}

}  // namespace fit::media
