#include "catalogue/store.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

#include "base/error.h"

namespace kerasan::catalogue {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) throw InputError(path.string() + ": cannot be read");
  return text;
}

}  // namespace

// http://www.isthe.com/chongo/tech/comp/fnv/
void Digest::mix(std::string_view bytes) {
  for (const char c : bytes) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
}

Digest& Digest::add(std::string_view field) {
  mix(std::to_string(field.size()) + ":");
  mix(field);
  return *this;
}

Digest& Digest::add_file(const fs::path& path) { return add(content(path)); }

Digest& Digest::add_folder(const fs::path& folder, std::string_view except) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const fs::path path = entry.path();
    const bool bytecode = path.parent_path().filename() == "__pycache__";
    if (entry.is_regular_file() && !bytecode && path.filename() != except) files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) add(file.lexically_relative(folder).string()).add_file(file);
  return *this;
}

std::string Digest::text() const {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash_));
  return text;
}

Store::Store(fs::path folder) : folder_(std::move(folder)) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) throw InputError(folder_.string() + ": " + error.message());
}

std::optional<nlohmann::json> Store::get(const std::string& name) const {
  std::ifstream file(path(name));
  if (!file) return std::nullopt;
  nlohmann::json value = nlohmann::json::parse(file, nullptr, false);
  if (value.is_discarded()) return std::nullopt;
  std::error_code ignored;
  fs::last_write_time(path(name), fs::file_time_type::clock::now(), ignored);
  return value;
}

void Store::put(const std::string& name, const nlohmann::json& value) const {
  static std::atomic<unsigned> count{0};
  const fs::path part = path(".part-" + std::to_string(getpid()) + "-" + std::to_string(count++));
  {
    std::ofstream file(part);
    file << value.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    if (!file.flush()) throw InputError(part.string() + ": cannot be written");
  }
  adopt(name, part);
}

void Store::adopt(const std::string& name, const fs::path& file) const {
  std::error_code error;
  fs::rename(file, path(name), error);
  if (error) throw InputError(path(name).string() + ": " + error.message());
}

void Store::prune(std::uintmax_t bytes) const {
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder_, ignored)) {
    if (entry.is_regular_file(ignored))
      files.emplace_back(entry.last_write_time(ignored), entry.path());
  }
  std::sort(files.rbegin(), files.rend());
  std::uintmax_t sum = 0;
  for (const auto& [time, path] : files) {
    const std::uintmax_t size = fs::file_size(path, ignored);
    sum += ignored ? 0 : size;
    if (sum > bytes) fs::remove(path, ignored);
  }
}

}  // namespace kerasan::catalogue
