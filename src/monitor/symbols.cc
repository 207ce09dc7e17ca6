#include "monitor/symbols.h"

#include <cxxabi.h>
#include <elf.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/files.h"

namespace fit::monitor {
namespace {

constexpr std::uint64_t kMostOfFile = std::uint64_t{1} << 30;

// A structure at an offset of a file; nullopt beyond its end.
template <class T>
std::optional<T> struct_at(ByteView file, std::uint64_t offset) {
  if (offset > file.size() || file.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, file.data() + offset, sizeof(T));
  return value;
}

// The text of a table of texts; empty beyond its end.
std::string text_at(ByteView file, const Elf64_Shdr& table, std::uint64_t offset) {
  if (offset >= table.sh_size || table.sh_offset > file.size() ||
      file.size() - table.sh_offset < table.sh_size) {
    return {};
  }
  const std::string_view texts = as_text(file.subspan(table.sh_offset, table.sh_size));
  return std::string(texts.substr(offset, std::min(texts.find('\0', offset), texts.size()) - offset));
}

// The name without parameters and what follows them.
std::string demangled(const std::string& name) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), &std::free);
  if (status != 0 || text == nullptr) return name;
  std::string full(text.get());
  int depth = 0;
  for (std::size_t i = full.size(); i-- > 0;) {
    if (full[i] == ')') ++depth;
    if (full[i] == '(' && --depth == 0) {
      const bool is_operator = full.substr(0, i).ends_with("operator") || full.substr(0, i).ends_with("::");
      return is_operator || i == 0 ? full : full.substr(0, i);
    }
  }
  return full;
}

}  // namespace

Result<Symbols> Symbols::read(const std::filesystem::path& path) {
  FIT_TRY(const Bytes file, read_file(path, kMostOfFile));
  const auto head = struct_at<Elf64_Ehdr>(file, 0);
  const bool is_elf = head && std::memcmp(head->e_ident, ELFMAG, SELFMAG) == 0 &&
                      head->e_ident[EI_CLASS] == ELFCLASS64 && head->e_shentsize == sizeof(Elf64_Shdr);
  if (!is_elf) return invalid(path.string(), "is no 64-bit ELF file");
  std::vector<Elf64_Shdr> sections;
  for (std::uint64_t i = 0; i < head->e_shnum; ++i) {
    const auto section = struct_at<Elf64_Shdr>(file, head->e_shoff + i * sizeof(Elf64_Shdr));
    if (!section) return invalid(path.string(), "is cut off");
    sections.push_back(*section);
  }
  // A stripped file has the symbols for the dynamic linker only.
  auto table = std::ranges::find(sections, Elf64_Word{SHT_SYMTAB}, &Elf64_Shdr::sh_type);
  if (table == sections.end())
    table = std::ranges::find(sections, Elf64_Word{SHT_DYNSYM}, &Elf64_Shdr::sh_type);
  Symbols symbols;
  if (table == sections.end() || table->sh_link >= sections.size()) return symbols;
  for (std::uint64_t i = 0; i < table->sh_size / sizeof(Elf64_Sym); ++i) {
    const auto symbol = struct_at<Elf64_Sym>(file, table->sh_offset + i * sizeof(Elf64_Sym));
    if (!symbol) break;
    if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC || symbol->st_value == 0) continue;
    symbols.functions_.push_back({.begin = symbol->st_value,
                                  .size = symbol->st_size,
                                  .name = text_at(file, sections[table->sh_link], symbol->st_name)});
  }
  std::ranges::sort(symbols.functions_, {}, &Function::begin);
  return symbols;
}

std::string Symbols::function_at(std::uint64_t offset) const {
  auto found = std::ranges::upper_bound(functions_, offset, {}, &Function::begin);
  if (found == functions_.begin()) return {};
  --found;
  if (offset - found->begin >= std::max<std::uint64_t>(found->size, 1)) return {};
  return demangled(found->name);
}

}  // namespace fit::monitor
