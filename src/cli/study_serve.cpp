// kerasan study serve: the workbench as a page.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <thread>

#include "cli/study_commands.h"
#include "study/web/server.h"

namespace kerasan::cli {
namespace {

// A file that leads to the address. Only its owner can read it, while anybody on the machine could
// read the token in the arguments of a command.
class Redirect {
 public:
  explicit Redirect(const std::string& address) {
    std::string path = (std::filesystem::temp_directory_path() / "kerasan-XXXXXX.html").string();
    const int file = mkstemps(path.data(), 5);  // mode 0600
    if (file < 0) return;
    path_ = path;
    const std::string page =
        "<!doctype html><meta http-equiv=\"refresh\" content=\"0;url=" + address + "\">\n";
    whole_ = write(file, page.data(), page.size()) == static_cast<ssize_t>(page.size());
    close(file);
  }
  Redirect(const Redirect&) = delete;
  Redirect& operator=(const Redirect&) = delete;
  ~Redirect() {
    if (!path_.empty()) unlink(path_.c_str());
  }
  const std::string& path() const { return path_; }
  bool whole() const { return whole_; }

 private:
  std::string path_;
  bool whole_ = false;
};

// False when no browser could be asked for.
bool open_browser(const std::string& path) {
  if (!std::getenv("DISPLAY") && !std::getenv("WAYLAND_DISPLAY")) return false;
  std::string program = "xdg-open";
  std::string file = path;
  std::array<char*, 3> arguments = {program.data(), file.data(), nullptr};
  pid_t child = 0;
  const int error =
      posix_spawnp(&child, program.c_str(), nullptr, nullptr, arguments.data(), environ);
  if (error != 0) return false;
  std::thread([child] { waitpid(child, nullptr, 0); }).detach();
  return true;
}

}  // namespace

int study_serve(const ServeOptions& options) {
  std::optional<Redirect> redirect;  // until the server ends
  study::serve({options.project, options.port, ""}, [&](const std::string& address) {
    bool opened = false;
    if (!options.no_browser) {
      redirect.emplace(address);
      opened = redirect->whole() && open_browser(redirect->path());
    }
    std::cout << (opened ? "opening " : "open ") << address << " (Ctrl-C ends it)" << std::endl;
  });
  return 0;
}

}  // namespace kerasan::cli
