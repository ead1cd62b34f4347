# Writes OUTPUT, a C++ source that holds the FILES (relative to ROOT, separated by '|') as string literals.
# Run as: cmake -DROOT=... -DFILES=a|b -DOUTPUT=... -P embed.cmake
string(REPLACE "|" ";" files "${FILES}")
set(arrays "")
set(rows "")
set(index 0)
foreach(file IN LISTS files)
  file(READ ${ROOT}/${file} hex HEX)
  string(LENGTH "${hex}" digits)
  math(EXPR bytes "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" literal "${hex}")
  string(APPEND arrays "alignas(64) constexpr unsigned char kFile${index}[] = \"${literal}\";\n")
  string(APPEND rows "    {\"${file}\", kFile${index}, ${bytes}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUTPUT} "// Written by embed.cmake.
#include \"cli/data/embedded_files.h\"

namespace {
struct File {
  std::string_view path;
  const unsigned char* data;
  size_t size;  // without the zero that ends the literal
};
${arrays}constexpr File kFiles[] = {
${rows}};
}  // namespace

namespace rapt::cli {

std::span<const std::byte> embedded_file(std::string_view path) {
  for (const File& file : kFiles) {
    if (file.path == path) return {reinterpret_cast<const std::byte*>(file.data), file.size};
  }
  return {};
}

}  // namespace rapt::cli
")
