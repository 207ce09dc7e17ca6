# Writes a C++ file that holds other files as constants.
#   cmake -DOUTPUT=out.cc -DVERSION=1.2.3 -DFILES=a.html|b.js -P embed_assets.cmake
# "@FIT_VERSION@" in a file becomes the version.
string(REPLACE "|" ";" paths "${FILES}")
set(text "#include \"http/assets.h\"\n\n#include <array>\n\nnamespace fit::http {\nnamespace {\n\nconstexpr std::array kAssets = {\n")
foreach(path IN LISTS paths)
  get_filename_component(name "${path}" NAME)
  file(READ "${path}" hex HEX)
  string(HEX "@FIT_VERSION@" wanted)
  string(HEX "${VERSION}" replacement)
  string(REPLACE "${wanted}" "${replacement}" hex "${hex}")
  string(LENGTH "${hex}" digits)
  math(EXPR size "${digits} / 2")
  # Twenty bytes a line, each as \xNN; a line is a string literal of its own.
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${hex}")
  string(REGEX REPLACE "(\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..)" "\\1\"\n    \"" bytes "${bytes}")
  string(APPEND text "    Asset{\"${name}\", {\n    \"${bytes}\", ${size}}},\n")
endforeach()
string(APPEND text "};\n\n}  // namespace\n\nstd::span<const Asset> assets() {\n  return kAssets;\n}\n\n}  // namespace fit::http\n")
file(WRITE "${OUTPUT}" "${text}")
