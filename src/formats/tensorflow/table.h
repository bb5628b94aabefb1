// A sorted table of keys and values as LevelDB writes it: the index of a checkpoint.
// https://github.com/google/leveldb/blob/main/doc/table_format.md
#pragma once

#include <functional>
#include <string_view>

namespace kerasan::formats::tensorflow {

// Both views end with the call.
using KeyValue = std::function<void(std::string_view key, std::string_view value)>;

enum class Checksums { kVerify, kIgnore };  // ignored by fuzzers, which cannot guess them

bool is_table(std::string_view bytes);
// Hands out every pair, keys strictly ascending. Throws InputError when anything in the table is
// damaged. Memory stays within a block, and work within a small multiple of the size of the table.
void read_table(std::string_view bytes, const KeyValue& take,
                Checksums checksums = Checksums::kVerify);

}  // namespace kerasan::formats::tensorflow
