// Who may ask: whoever knows the token, from a page of this server, by its own name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kerasan::study {

// 160 bits of the system's generator, in hexadecimal.
std::string new_token();

class Guard {
 public:
  Guard(int port, std::string token);

  // A page of another site can neither name this host (DNS rebinding) nor come from this origin.
  // `origin`: the header, empty when the request has none, as that of a plain visit.
  bool from_here(std::string_view host, const std::optional<std::string>& origin) const;
  // The header "Authorization: Bearer TOKEN". The time does not tell how much of it was right.
  bool knows_token(std::string_view authorization) const;

  const std::string& host() const { return host_; }
  std::string address() const { return "http://" + host_ + "/#token=" + token_; }

 private:
  std::string host_;   // 127.0.0.1:PORT
  std::string local_;  // localhost:PORT
  std::string token_;
};

}  // namespace kerasan::study
