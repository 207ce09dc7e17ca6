#include "base/machine_memory.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <string>

namespace fit {
namespace {

// The number in the file, which may be "max"; nullopt for other content.
std::optional<std::uint64_t> read_number(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string text;
  if (!(file >> text)) return std::nullopt;
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

// The number that follows a name in a file of names and numbers, such as /proc/meminfo.
std::optional<std::uint64_t> read_field(const std::filesystem::path& path, const std::string& name) {
  std::ifstream file(path);
  std::string word;
  std::uint64_t number = 0;
  for (std::string line; file >> word; std::getline(file, line)) {
    if (word == name && file >> number) return number;
  }
  return std::nullopt;
}

void take_less(std::optional<std::uint64_t>& least, std::optional<std::uint64_t> number) {
  if (number) least = std::min(*number, least.value_or(*number));
}

// Calls use(folder) for the control group of this process and the groups around it.
template <class Use>
void for_each_group(const Use& use) {
  const std::filesystem::path root = "/sys/fs/cgroup";
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("0::/")) continue;
    for (std::filesystem::path group = line.substr(4);; group = group.parent_path()) {
      use(root / group);
      if (group.empty()) break;
    }
  }
}

}  // namespace

std::optional<std::uint64_t> memory_limit() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long page = ::sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page <= 0) return std::nullopt;
  std::optional<std::uint64_t> least = static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page);
  for_each_group(
      [&](const std::filesystem::path& group) { take_less(least, read_number(group / "memory.max")); });
  return least;
}

std::optional<std::uint64_t> available_memory() {
  std::optional<std::uint64_t> least;
  if (const auto kibibytes = read_field("/proc/meminfo", "MemAvailable:")) least = *kibibytes * 1024;
  for_each_group([&](const std::filesystem::path& group) {
    const auto limit = read_number(group / "memory.max");
    const auto used = read_number(group / "memory.current");
    if (!limit || !used) return;
    const std::uint64_t cached = read_field(group / "memory.stat", "inactive_file").value_or(0);
    const std::uint64_t held = *used - std::min(*used, cached);
    take_less(least, *limit - std::min(*limit, held));
  });
  return least;
}

}  // namespace fit
