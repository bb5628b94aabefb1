#include "formats/npy.h"

#include <charconv>
#include <cstring>
#include <map>
#include <optional>

#include "base/error.h"
#include "formats/keras/zip_archive.h"

namespace kerasan::formats {
namespace {

struct Header {
  DType dtype = DType::kFloat32;
  Shape shape;
  bool columns_first = false;
};

// The value of a key of the Python dictionary in the header; its keys are always these three.
std::optional<std::string_view> after(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + key.size());
  text.remove_prefix(std::min(text.find_first_not_of(": "), text.size()));
  return text;
}

DType dtype_of(std::string_view descr, const std::string& what) {
  static const std::map<std::string_view, DType> known{
      {"<f2", DType::kFloat16}, {"<f4", DType::kFloat32}, {"<f8", DType::kFloat64},
      {"|i1", DType::kInt8},    {"<i2", DType::kInt16},   {"<i4", DType::kInt32},
      {"<i8", DType::kInt64},   {"|u1", DType::kUInt8},   {"<u2", DType::kUInt16},
      {"<u4", DType::kUInt32},  {"<u8", DType::kUInt64},  {"|b1", DType::kBool}};
  if (descr.starts_with("|O")) {
    throw InputError(what + ": holds pickled objects, which are never loaded");
  }
  const auto found = known.find(descr);
  if (found == known.end())
    throw InputError(what + ": arrays of type " + std::string(descr) + " are not read");
  return found->second;
}

Shape shape_of(std::string_view text, const std::string& what) {
  const std::size_t end = text.find(')');
  if (!text.starts_with('(') || end == std::string_view::npos) {
    throw InputError(what + ": a damaged header");
  }
  text = text.substr(1, end - 1);
  Shape shape;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(", "), text.size()));
    if (text.empty()) return shape;
    std::int64_t dim = 0;
    const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), dim);
    if (error != std::errc() || dim < 0) throw InputError(what + ": a damaged header");
    text.remove_prefix(static_cast<std::size_t>(at - text.data()));
    shape.push_back(dim);
  }
}

Header read_header(std::string_view text, const std::string& what) {
  const auto descr = after(text, "'descr'"), order = after(text, "'fortran_order'");
  const auto shape = after(text, "'shape'");
  if (!descr || !order || !shape || !descr->starts_with('\'')) {
    throw InputError(what + ": a damaged header, or records of several fields");
  }
  Header header;
  header.dtype = dtype_of(descr->substr(1, descr->find('\'', 1) - 1), what);
  header.columns_first = order->starts_with("True");
  header.shape = shape_of(*shape, what);
  return header;
}

// From the order of Fortran, first axis fastest, to that of C.
std::vector<std::byte> rows_first(std::span<const std::byte> from, const Shape& shape,
                                  std::size_t size) {
  std::vector<std::byte> out(from.size());
  const std::size_t count = from.size() / size;
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t rest = i, at = 0;
    for (const std::int64_t dim : shape) {
      at = at * static_cast<std::size_t>(dim) + rest % static_cast<std::size_t>(dim);
      rest /= static_cast<std::size_t>(dim);
    }
    std::memcpy(&out[at * size], &from[i * size], size);
  }
  return out;
}

}  // namespace

Tensor parse_npy(const Bytes& bytes, const std::string& what) {
  const std::string_view text = bytes.text();
  if (!text.starts_with("\x93NUMPY") || text.size() < 12) {
    throw InputError(what + ": no array of NumPy");
  }
  const auto byte = [&](std::size_t at) {
    return std::size_t{static_cast<unsigned char>(text[at])};
  };
  const bool first = byte(6) == 1;  // two bytes of length; four in later versions
  const std::size_t begin = first ? 10 : 12;
  const std::size_t length = byte(8) | byte(9) << 8 | (first ? 0 : byte(10) << 16 | byte(11) << 24);
  if (length > text.size() - begin) throw InputError(what + ": a damaged header");
  const Header header = read_header(text.substr(begin, length), what);
  const Bytes data = bytes.slice(begin + length, text.size() - begin - length);
  const std::size_t size = dtype_size(header.dtype), count = element_count(header.shape);
  if (data.size() % size != 0 || data.size() / size != count) {
    throw InputError(what + ": " + std::to_string(data.size()) + " bytes for the shape " +
                     shape_text(header.shape));
  }
  auto values = header.columns_first && header.shape.size() > 1
                    ? rows_first(data.span(), header.shape, size)
                    : std::vector<std::byte>(data.span().begin(), data.span().end());
  return Tensor(header.dtype, header.shape,
                std::make_shared<const std::vector<std::byte>>(std::move(values)));
}

std::vector<std::pair<std::string, Tensor>> read_npz(const std::string& path) {
  const ZipArchive archive(map_file(path), path);
  std::vector<std::pair<std::string, Tensor>> arrays;
  for (const ZipMember& member : archive.members()) {
    if (!member.name.ends_with(".npy")) continue;
    arrays.emplace_back(member.name.substr(0, member.name.size() - 4),
                        parse_npy(archive.read(member), path + ": " + member.name));
  }
  if (arrays.empty()) throw InputError(path + ": an archive without arrays");
  return arrays;
}

}  // namespace kerasan::formats
