// Published hash functions of short texts.
#pragma once

#include <cstdint>
#include <string_view>

namespace kerasan::reference {

// FarmHash's Fingerprint64 (G. Pike, 2014), of texts of up to 32 bytes; throws Unsupported for
// longer ones.
std::uint64_t farm_fingerprint64(std::string_view text);

// SipHash-2-4 (Aumasson and Bernstein 2012, "SipHash: a fast short-input PRF").
std::uint64_t sip_hash(std::string_view text, std::uint64_t key0, std::uint64_t key1);

}  // namespace kerasan::reference
