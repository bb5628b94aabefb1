# Writes OUT: the files of FOLDER as one C++ source, for src/study/web/assets.h.
# As characters, because a raw string literal would need a mark that no file holds.
file(GLOB FILES "${FOLDER}/*")
set(ARRAYS "")
set(ENTRIES "")
set(COUNT 0)
foreach(FILE ${FILES})
  get_filename_component(NAME "${FILE}" NAME)
  file(READ "${FILE}" BYTES HEX)
  string(REGEX REPLACE "(................................)" "\\1\n" BYTES "${BYTES}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," BYTES "${BYTES}")
  string(APPEND ARRAYS "constexpr unsigned char kFile${COUNT}[] = {\n${BYTES}};\n")
  string(APPEND ENTRIES "  if (name == \"${NAME}\") return text(kFile${COUNT});\n")
  math(EXPR COUNT "${COUNT} + 1")
endforeach()
file(WRITE "${OUT}" "// Made by cmake/bundle.cmake.
#include \"study/web/assets.h\"

namespace kerasan::study {
namespace {

${ARRAYS}
template <std::size_t N>
std::string_view text(const unsigned char (&bytes)[N]) {
  return {reinterpret_cast<const char*>(bytes), N};
}

}  // namespace

std::string_view asset(std::string_view name) {
${ENTRIES}  return {};
}

}  // namespace kerasan::study
")
