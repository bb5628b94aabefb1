// The workbench as a page: HTTP on the loopback interface, for who knows the token.
#pragma once

#include <functional>
#include <string>

namespace kerasan::study {

struct ServerOptions {
  std::string project;
  int port = 0;       // 0: any that is free
  std::string token;  // empty: a new one
};

// Serves until SIGINT or SIGTERM. `ready` is told the address to open, with the token in it.
// InputError: no project, or the port cannot be used.
void serve(const ServerOptions& options, const std::function<void(const std::string&)>& ready);

}  // namespace kerasan::study
