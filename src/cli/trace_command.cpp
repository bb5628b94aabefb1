// kerasan trace: a trace as text, and back.
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

#include "base/error.h"
#include "cli/options.h"
#include "report/report.h"
#include "trace/text.h"

namespace kerasan::cli {
namespace {

// Calls `work` with stdin or stdout for "-", otherwise with the opened file.
template <typename File, typename Stream, typename Work>
void with_stream(const std::string& path, Stream& standard, Work&& work) {
  if (path == "-") return work(standard);
  File file(path, std::ios::binary);
  if (!file) throw InputError(path + ": cannot be opened: " + std::strerror(errno));
  work(file);
}

template <typename Work>
void with_output(const std::string& path, Work&& work) {
  with_stream<std::ofstream>(path, std::cout, [&](std::ostream& out) {
    work(out);
    out.flush();
    if (!out) throw InputError(path + ": cannot be written: " + std::strerror(errno));
  });
}

}  // namespace

int trace_to_text_command(const std::string& in, const std::string& out) {
  trace::Loss loss;
  with_output(out, [&](std::ostream& stream) { loss = trace::to_text(in, stream); });
  if (!loss.any()) return report::kNoFinding;  // else the text is not the whole trace
  std::cerr << "kerasan: " << in << ": " << loss.bytes_lost << " bytes and "
            << loss.unreadable_frames << " frames could not be read"
            << (loss.truncated_tail ? "; the trace ends inside a frame" : "") << "\n";
  return report::kCannot;
}

int trace_from_text_command(const std::string& in, const std::string& out) {
  with_stream<std::ifstream>(in, std::cin, [&](std::istream& text) {
    with_output(out, [&](std::ostream& stream) {
      try {
        trace::from_text(text, stream);
      } catch (const InputError& error) {
        throw InputError(in + ": " + error.what());
      }
    });
  });
  return report::kNoFinding;
}

}  // namespace kerasan::cli
