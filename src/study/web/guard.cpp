#include "study/web/guard.h"

#include <random>

namespace kerasan::study {
namespace {

bool same(std::string_view a, std::string_view b) {
  unsigned differ = a.size() == b.size() ? 0U : 1U;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    differ |=
        static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  }
  return differ == 0;
}

}  // namespace

std::string new_token() {
  std::random_device random;
  std::string out;
  for (int i = 0; i < 40; ++i) out += "0123456789abcdef"[random() & 15U];
  return out;
}

Guard::Guard(int port, std::string token)
    : host_("127.0.0.1:" + std::to_string(port)),
      local_("localhost:" + std::to_string(port)),
      token_(std::move(token)) {}

bool Guard::from_here(std::string_view host, const std::optional<std::string>& origin) const {
  if (host != host_ && host != local_) return false;
  return !origin || *origin == "http://" + std::string(host);
}

bool Guard::knows_token(std::string_view authorization) const {
  return same(authorization, "Bearer " + token_);
}

}  // namespace kerasan::study
