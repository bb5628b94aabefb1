#include "formats/hdf5/lzf_filter.h"

#include <hdf5.h>

#include <cstring>

namespace kerasan::formats {
namespace {

constexpr H5Z_filter_t kLzf = 32000;  // in the registry of the HDF Group

// Reading only. 0 is failure.
size_t unpack(unsigned flags, size_t, const unsigned*, size_t size, size_t* room, void** buffer) {
  if ((flags & H5Z_FLAG_REVERSE) == 0) return 0;
  const auto out = lzf_unpacked({static_cast<const std::byte*>(*buffer), size});
  if (!out || out->empty()) return 0;
  void* const held = H5allocate_memory(out->size(), false);
  if (held == nullptr) return 0;
  std::memcpy(held, out->data(), out->size());
  H5free_memory(*buffer);
  *buffer = held;
  *room = out->size();
  return out->size();
}

}  // namespace

// M. Lehmann's format: a control byte below 32 announces that many literals and one more; any other
// begins a copy of 3 to 264 bytes from up to 8192 back.
std::optional<std::vector<std::byte>> lzf_unpacked(std::span<const std::byte> packed) {
  std::vector<std::byte> out;
  for (std::size_t at = 0; at < packed.size();) {
    const auto control = std::to_integer<std::size_t>(packed[at++]);
    if (control < 32) {
      if (packed.size() - at < control + 1) return std::nullopt;
      out.insert(out.end(), packed.begin() + static_cast<std::ptrdiff_t>(at),
                 packed.begin() + static_cast<std::ptrdiff_t>(at + control + 1));
      at += control + 1;
      continue;
    }
    std::size_t length = (control >> 5) + 2;
    if (length == 9 && at < packed.size()) length += std::to_integer<std::size_t>(packed[at++]);
    if (at == packed.size()) return std::nullopt;
    const std::size_t back = ((control & 31) << 8 | std::to_integer<std::size_t>(packed[at++])) + 1;
    if (back > out.size()) return std::nullopt;
    // The copy may reach into what it writes.
    for (; length > 0; --length) out.push_back(out[out.size() - back]);
  }
  return out;
}

void register_lzf() {
  H5Z_class2_t filter{};
  filter.version = H5Z_CLASS_T_VERS;
  filter.id = kLzf;
  filter.encoder_present = 0;
  filter.decoder_present = 1;
  filter.name = "lzf";
  filter.filter = &unpack;
  H5Zregister(&filter);
}

}  // namespace kerasan::formats
