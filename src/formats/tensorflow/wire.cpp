#include "formats/tensorflow/wire.h"

#include "base/error.h"

namespace kerasan::formats::tensorflow {
namespace {

[[noreturn]] void damaged(std::string_view message) {
  throw InputError("damaged protocol buffer message " + std::string(message));
}

std::uint64_t little_endian(std::string_view bytes, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return value;
}

std::string_view take(std::string_view& rest, std::uint64_t size, std::string_view message) {
  if (size > rest.size()) damaged(message);
  const std::string_view taken = rest.substr(0, size);
  rest.remove_prefix(size);
  return taken;
}

}  // namespace

bool take_varint(std::string_view& bytes, std::uint64_t& value) {
  value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (i == 9 && byte > 1) return false;
    value |= std::uint64_t{byte & 0x7FU} << (7 * i);
    if ((byte & 0x80U) == 0) {
      bytes.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

std::uint32_t fixed32(std::string_view bytes) {
  return static_cast<std::uint32_t>(little_endian(bytes, 4));
}

std::uint64_t fixed64(std::string_view bytes) { return little_endian(bytes, 8); }

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[i++]);
    if (lead < 0x80) continue;
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || bytes.size() - i < static_cast<std::size_t>(more)) {
      return false;
    }
    std::uint32_t code = lead & (0x3FU >> more);
    for (int k = 0; k < more; ++k) {
      const auto next = static_cast<unsigned char>(bytes[i++]);
      if ((next & 0xC0U) != 0x80) return false;
      code = code << 6 | (next & 0x3FU);
    }
    const bool overlong = (more == 2 && code < 0x800) || (more == 3 && code < 0x10000);
    if (overlong || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
  }
  return true;
}

void Message::Iterator::advance() {
  if (rest_.empty()) {
    done_ = true;
    return;
  }
  const std::string_view name = field_.container;
  std::uint64_t tag = 0;
  if (!take_varint(rest_, tag) || tag >> 3 == 0 || tag >> 3 > 0x1FFFFFFF) damaged(name);
  field_.number = static_cast<std::uint32_t>(tag >> 3);
  field_.value = 0;
  field_.bytes = {};
  switch (tag & 7) {
    case 0:
      field_.type = Field::Type::kVarint;
      if (!take_varint(rest_, field_.value)) damaged(name);
      break;
    case 1:
      field_.type = Field::Type::kFixed64;
      field_.value = fixed64(take(rest_, 8, name));
      break;
    case 2: {
      field_.type = Field::Type::kBytes;
      std::uint64_t size = 0;
      if (!take_varint(rest_, size)) damaged(name);
      field_.bytes = take(rest_, size, name);
      break;
    }
    case 5:
      field_.type = Field::Type::kFixed32;
      field_.value = fixed32(take(rest_, 4, name));
      break;
    default:  // groups, which none of these messages has
      damaged(name);
  }
}

std::string_view Field::message() const {
  if (type != Type::kBytes) damaged(container);
  return bytes;
}

std::string Field::text() const {
  if (type != Type::kBytes || !is_utf8(bytes)) damaged(container);
  return std::string(bytes);
}

std::int64_t Field::integer() const {
  if (type == Type::kBytes) damaged(container);
  return static_cast<std::int64_t>(value);
}

void Field::append_to(std::vector<std::int64_t>& numbers) const {
  if (type != Type::kBytes) {
    numbers.push_back(integer());
    return;
  }
  std::string_view rest = bytes;
  std::uint64_t number = 0;
  while (!rest.empty()) {
    if (!take_varint(rest, number)) damaged(container);
    numbers.push_back(static_cast<std::int64_t>(number));
  }
}

MapEntry map_entry(const Field& field) {
  MapEntry entry;
  for (const Field& part : Message(field.message(), field.container)) {
    if (part.number == 1) entry.key = part.text();
    if (part.number == 2) entry.value = part.message();
  }
  return entry;
}

}  // namespace kerasan::formats::tensorflow
