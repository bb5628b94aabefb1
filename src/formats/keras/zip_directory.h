// Where the members of a zip archive lie; libzip does not tell.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace kerasan::formats {

// Where the data of the member of that index in the central directory begin; nullopt where the
// directory is not sound. APPNOTE.TXT of PKWARE, sections 4.3.7, 4.3.12 to 4.3.16 and 4.5.3.
std::optional<std::size_t> stored_member(std::span<const std::byte> archive, std::size_t index);

}  // namespace kerasan::formats
