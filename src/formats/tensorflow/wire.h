// The wire format of protocol buffers, read in place: fields are views into the message.
// https://protobuf.dev/programming-guides/encoding/
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace kerasan::formats::tensorflow {

struct Field {
  enum class Type { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

  std::uint32_t number = 0;
  Type type = Type::kVarint;
  std::uint64_t value = 0;     // of a number
  std::string_view bytes;      // of a string, a message or packed numbers
  std::string_view container;  // name of the message that holds it, for errors

  // Each throws InputError where the field is of another type on the wire.
  std::string_view message() const;
  std::string text() const;  // a protocol buffer string is UTF-8: otherwise InputError
  std::int64_t integer() const;
  bool flag() const { return integer() != 0; }
  // One number, or packed ones.
  void append_to(std::vector<std::int64_t>& numbers) const;
};

// A range of the fields of one message, in the order written:
//   for (const Field& field : Message(bytes, "NodeDef")) switch (field.number) ...
// Nothing is allocated; nested messages are read by nested ranges, so depth costs the caller only.
// Throws InputError naming the message at the first damaged field.
class Message {
 public:
  Message(std::string_view bytes, std::string_view name) : bytes_(bytes), name_(name) {}

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Field;
    using difference_type = std::ptrdiff_t;
    using pointer = const Field*;
    using reference = const Field&;

    Iterator() = default;
    Iterator(std::string_view rest, std::string_view name) : rest_(rest) {
      field_.container = name;
      advance();
    }
    reference operator*() const { return field_; }
    pointer operator->() const { return &field_; }
    Iterator& operator++() {
      advance();
      return *this;
    }
    bool operator==(std::default_sentinel_t) const { return done_; }

   private:
    void advance();
    std::string_view rest_;
    Field field_;
    bool done_ = false;
  };

  Iterator begin() const { return {bytes_, name_}; }
  std::default_sentinel_t end() const { return {}; }

 private:
  std::string_view bytes_;
  std::string_view name_;
};

// Takes a base-128 number off the front; false at the end of the bytes or beyond 64 bits.
bool take_varint(std::string_view& bytes, std::uint64_t& value);
// A little-endian number at the front of bytes that are long enough.
std::uint32_t fixed32(std::string_view bytes);
std::uint64_t fixed64(std::string_view bytes);
bool is_utf8(std::string_view bytes);

// An entry of a map field: a message of a key (1, a string) and a value (2).
struct MapEntry {
  std::string key;
  std::string_view value;
};
MapEntry map_entry(const Field& field);

}  // namespace kerasan::formats::tensorflow
