// replay RUNS FILE...: replaces libFuzzer for compilers without it. Feeds every file to the target, then RUNS
// mutated copies of them: bytes are flipped, removed, doubled, or taken from another file. The mutations are
// the same in every run.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void feed(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

std::string mutated(std::string input, const std::vector<std::string>& corpus, std::mt19937& random) {
  const auto place = [&](const std::string& text) { return text.empty() ? 0 : random() % text.size(); };
  for (unsigned left = 1 + random() % 4; left > 0; --left) {
    const std::size_t at = place(input);
    const std::size_t length = random() % 16;
    const std::string& other = corpus[random() % corpus.size()];
    switch (random() % 5) {
      case 0:
        if (!input.empty()) input[at] = static_cast<char>(random());
        break;
      case 1:
        input.erase(at, length);
        break;
      case 2:
        input.insert(at, input.substr(at, length));
        break;
      case 3:
        input.insert(at, other.substr(place(other), length));
        break;
      default:
        input.insert(at, 1, "\"{}[],:\\-0.eE\x00\xff"[random() % 15]);
        break;
    }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: replay RUNS FILE...\n", stderr);
    return 2;
  }
  std::vector<std::string> corpus;
  for (int i = 2; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    if (!file) {
      std::fprintf(stderr, "replay: cannot read %s\n", argv[i]);
      return 1;
    }
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    feed(corpus.back());
  }
  std::mt19937 random(1);
  const long runs = std::strtol(argv[1], nullptr, 10);
  for (long i = 0; i < runs; ++i) feed(mutated(corpus[random() % corpus.size()], corpus, random));
  std::printf("%zu files and %ld mutated copies\n", corpus.size(), runs);
  return 0;
}
