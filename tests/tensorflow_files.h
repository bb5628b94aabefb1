// Writes the parts of TensorFlow's files for tests: protocol buffers, tables, checkpoints.
#pragma once

#include <snappy.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/tensorflow/crc32c.h"
#include "saved_files.h"

namespace kerasan::testing {

using formats::tensorflow::crc32c;

inline std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

inline std::string fixed(std::uint64_t value, int size) {
  std::string bytes;
  for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

// Fields of a message: a number, and a string or an inner message.
inline std::string field(int number, std::uint64_t value) {
  return varint(static_cast<std::uint64_t>(number) << 3) + varint(value);
}
inline std::string field(int number, int value) {
  return field(number, static_cast<std::uint64_t>(value));
}
inline std::string field(int number, std::string_view bytes) {
  return varint(static_cast<std::uint64_t>(number) << 3 | 2) + varint(bytes.size()) +
         std::string(bytes);
}
inline std::string field(int number, const char* text) {
  return field(number, std::string_view(text));
}

struct TableWriter {
  std::size_t entries_per_block = 3;
  bool compress = false;

  std::string write(const std::map<std::string, std::string>& pairs) {
    table_.clear();
    std::map<std::string, std::string> index;
    std::map<std::string, std::string> part;
    for (const auto& [key, value] : pairs) {
      part.emplace(key, value);
      if (part.size() == entries_per_block || key == pairs.rbegin()->first) {
        index[key] = append_block(block(part));
        part.clear();
      }
    }
    std::string footer = append_block(block({})) + append_block(block(index));
    footer.resize(40, '\0');
    return table_ + footer + fixed(0xDB4775248B80FB57, 8);
  }

 private:
  static std::string block(const std::map<std::string, std::string>& pairs) {
    std::string bytes;
    std::string last;
    for (const auto& [key, value] : pairs) {
      std::size_t shared = 0;
      while (shared < std::min(last.size(), key.size()) && last[shared] == key[shared]) ++shared;
      bytes += varint(shared) + varint(key.size() - shared) + varint(value.size()) +
               key.substr(shared) + value;
      last = key;
    }
    return bytes + fixed(0, 4) + fixed(1, 4);
  }

  std::string append_block(std::string content) {
    if (compress) {
      std::string packed;
      snappy::Compress(content.data(), content.size(), &packed);
      content = packed;
    }
    const std::string handle = varint(table_.size()) + varint(content.size());
    content += compress ? '\x01' : '\0';
    table_ += content + fixed(formats::tensorflow::mask(crc32c(0, content)), 4);
    return handle;
  }

  std::string table_;
};

inline std::string shape_message(const std::vector<std::int64_t>& shape) {
  std::string message;
  for (const std::int64_t dim : shape) {
    message += field(2, field(1, static_cast<std::uint64_t>(dim)));
  }
  return message;
}

// A checkpoint with one file of tensors.
class BundleWriter {
 public:
  // `type` as of TensorFlow's DataType: 1 float32, 7 string, 9 int64, ...
  void add(const std::string& key, int type, const std::vector<std::int64_t>& shape,
           const std::string& bytes) {
    put(key, type, shape, bytes, crc32c(0, bytes));
  }
  void add_string(const std::string& key, const std::string& text) {
    const std::string length = fixed(text.size(), 4);
    std::uint32_t crc = crc32c(0, length);
    const std::string check = fixed(formats::tensorflow::mask(crc), 4);
    crc = crc32c(crc32c(crc, check), text);
    put(key, 7, {}, varint(text.size()) + check + text, crc);
  }
  std::string& entry(const std::string& key) { return entries_[key]; }
  std::string& data() { return data_; }

  void write(const std::string& prefix) {
    entries_[""] = field(1, 1);
    std::ofstream(prefix + ".index", std::ios::binary) << TableWriter().write(entries_);
    std::ofstream(prefix + ".data-00000-of-00001", std::ios::binary) << data_;
  }

 private:
  void put(const std::string& key, int type, const std::vector<std::int64_t>& shape,
           const std::string& bytes, std::uint32_t crc) {
    entries_[key] = field(1, type) + field(2, shape_message(shape)) +
                    field(4, std::uint64_t{data_.size()}) + field(5, std::uint64_t{bytes.size()}) +
                    varint(6 << 3 | 5) + fixed(formats::tensorflow::mask(crc), 4);
    data_ += bytes;
  }

  std::map<std::string, std::string> entries_;
  std::string data_;
};

// Floats as they lie in a file.
inline std::string floats(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

inline void write_file(const std::string& path, std::string_view bytes) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace kerasan::testing
